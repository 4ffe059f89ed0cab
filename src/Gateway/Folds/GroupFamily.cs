using Tallygate.Model;

namespace Tallygate.Gateway.Folds;

/// <summary>A family as a group holds it. Immutable.</summary>
/// <param name="Family">The family, grouping labels and <c>instance</c> set on every metric.</param>
/// <param name="WrittenUnixNano">The receive time of the push that wrote it.</param>
public sealed record GroupFamily(MetricFamily Family, long WrittenUnixNano);
