namespace Tallygate.Model;

/// <summary>Which of its value fields a metric in protobuf carries; a family's type and its metrics' payloads can disagree.</summary>
public enum MetricPayload
{
    /// <summary>No value at all.</summary>
    None,

    /// <summary>A counter's value.</summary>
    Counter,

    /// <summary>A gauge's value.</summary>
    Gauge,

    /// <summary>An untyped value.</summary>
    Untyped,

    /// <summary>A summary.</summary>
    Summary,

    /// <summary>A histogram, classic or native or both.</summary>
    Histogram,
}
