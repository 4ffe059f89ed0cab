namespace Tallygate.Model;

/// <summary>
/// All metrics of one name, as <c>io.prometheus.client.MetricFamily</c>. Immutable once it is shared: whoever builds it gives it away.
/// </summary>
public sealed class MetricFamily
{
    /// <summary>The family's name.</summary>
    public required string Name { get; init; }

    /// <summary>The help text; null where none was given.</summary>
    public string? Help { get; init; }

    /// <summary>The type.</summary>
    public MetricType Type { get; init; } = MetricType.Untyped;

    /// <summary>The unit; null where none was given.</summary>
    public string? Unit { get; init; }

    /// <summary>The metrics, in the order in which they were given.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }
}
