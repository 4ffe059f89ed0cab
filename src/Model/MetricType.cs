namespace Tallygate.Model;

/// <summary>The type of a metric family. The first six have the numbers of <c>io.prometheus.client.MetricType</c>.</summary>
public enum MetricType
{
    /// <summary>A value that only rises, but for resets.</summary>
    Counter = 0,

    /// <summary>A value that rises and falls.</summary>
    Gauge = 1,

    /// <summary>Quantiles, sum and count.</summary>
    Summary = 2,

    /// <summary>No type was given.</summary>
    Untyped = 3,

    /// <summary>Buckets, sum and count.</summary>
    Histogram = 4,

    /// <summary>A histogram whose buckets may fall.</summary>
    GaugeHistogram = 5,

    /// <summary>OpenMetrics only: a constant 1 with labels that say something.</summary>
    Info = 100,

    /// <summary>OpenMetrics only: a set of booleans.</summary>
    StateSet = 101,
}
