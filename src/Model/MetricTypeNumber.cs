namespace Tallygate.Model;

/// <summary>The numbers that Prometheus's write-ahead log and remote write have for the types of families.</summary>
public static class MetricTypeNumber
{
    /// <summary>The number of a type.</summary>
    public static byte Of(MetricType type) => type switch
    {
        MetricType.Counter => 1,
        MetricType.Gauge => 2,
        MetricType.Histogram => 3,
        MetricType.GaugeHistogram => 4,
        MetricType.Summary => 5,
        MetricType.Info => 6,
        MetricType.StateSet => 7,
        _ => 0,
    };

    /// <summary>The type of a number; a number that is not known says nothing of the type.</summary>
    public static MetricType TypeOf(ulong number) => number switch
    {
        1 => MetricType.Counter,
        2 => MetricType.Gauge,
        3 => MetricType.Histogram,
        4 => MetricType.GaugeHistogram,
        5 => MetricType.Summary,
        6 => MetricType.Info,
        7 => MetricType.StateSet,
        _ => MetricType.Untyped,
    };
}
