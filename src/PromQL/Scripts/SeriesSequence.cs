using Tallygate.Model;

namespace Tallygate.PromQL.Scripts;

/// <summary>A series and its samples, one for each interval.</summary>
/// <param name="Labels">The labels, the metric name among them.</param>
/// <param name="Values">The samples in the order of time.</param>
public sealed record SeriesSequence(Labels Labels, IReadOnlyList<SequenceValue> Values);
