using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>A family of a group as a Pushgateway kept it.</summary>
/// <param name="UnixNano">When it was pushed.</param>
/// <param name="Family">Null where the file holds nothing readable under the name.</param>
internal sealed record StateFamily(string Name, long UnixNano, MetricFamily? Family);
