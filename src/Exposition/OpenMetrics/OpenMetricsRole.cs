namespace Tallygate.Exposition.OpenMetrics;

/// <summary>What a line says of its metric, by the ending of its name and the metric's type.</summary>
internal enum OpenMetricsRole
{
    /// <summary>No line of a metric of that type is called so.</summary>
    None,

    /// <summary>The value of a gauge, of an info, of a state, or of a metric of unknown type.</summary>
    Value,

    /// <summary>A counter's value.</summary>
    Total,

    /// <summary>Since when it counts.</summary>
    Created,

    /// <summary>A quantile of a summary.</summary>
    Quantile,

    /// <summary>A bucket of a histogram.</summary>
    Bucket,

    /// <summary>The sum of what was observed.</summary>
    Sum,

    /// <summary>How often something was observed.</summary>
    Count,
}
