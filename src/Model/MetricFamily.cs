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

    /// <summary>The labels of one metric, without making the metric.</summary>
    public Labels LabelsAt(int index) => Metrics is PlainMetrics plain ? plain.Labels[index] : Metrics[index].Labels;

    /// <summary>Whether <paramref name="other"/> has metrics with the same labels in the same order.</summary>
    public bool HasSameLabels(MetricFamily other)
    {
        var count = Metrics.Count;
        if (count != other.Metrics.Count)
        {
            return false;
        }

        if (Metrics is PlainMetrics mine && other.Metrics is PlainMetrics others && ReferenceEquals(mine.Labels, others.Labels))
        {
            return true;
        }

        for (var i = 0; i < count; i++)
        {
            if (!LabelsAt(i).Equals(other.LabelsAt(i)))
            {
                return false;
            }
        }

        return true;
    }
}
