namespace Tallygate.Model;

/// <summary>One metric of a family: its labels (without the metric name, without <c>le</c> and <c>quantile</c>) and its value. Immutable once shared.</summary>
public sealed class Metric
{
    /// <summary>The labels; empty values are kept.</summary>
    public required Labels Labels { get; init; }

    /// <summary>Which of the value fields counts.</summary>
    public required MetricPayload Payload { get; init; }

    /// <summary>The value of a counter, a gauge or an untyped metric.</summary>
    public double Value { get; init; }

    /// <summary>The summary, where that is the payload.</summary>
    public Summary? Summary { get; init; }

    /// <summary>The histogram, where that is the payload.</summary>
    public Histogram? Histogram { get; init; }

    /// <summary>A counter's exemplar.</summary>
    public Exemplar? Exemplar { get; init; }

    /// <summary>When the sample was taken, Unix milliseconds, where the exposition says so.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>When a counter began to count, Unix nanoseconds, where the exposition says so. Summaries and histograms carry their own.</summary>
    public long? CreatedUnixNano { get; init; }
}
