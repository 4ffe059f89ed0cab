using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>A push of the past, as another system remembers it.</summary>
/// <param name="Group">The grouping labels, <c>job</c> among them.</param>
/// <param name="UnixNano">When it happened.</param>
/// <param name="Families">What it brought.</param>
public sealed record SeedPush(Labels Group, long UnixNano, IReadOnlyList<MetricFamily> Families);
