using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>How the lines of a metric are called, by its type. Source: OpenMetrics 1.0, "Metric Types" and "Suffixes".</summary>
internal static class OpenMetricsNames
{
    private static readonly (string Suffix, OpenMetricsRole Role)[] Plain = [("", OpenMetricsRole.Value)];
    private static readonly (string Suffix, OpenMetricsRole Role)[] Info = [("_info", OpenMetricsRole.Value)];

    private static readonly (string Suffix, OpenMetricsRole Role)[] Counter =
        [("_total", OpenMetricsRole.Total), ("_created", OpenMetricsRole.Created)];

    private static readonly (string Suffix, OpenMetricsRole Role)[] Summary =
        [("", OpenMetricsRole.Quantile), ("_count", OpenMetricsRole.Count), ("_sum", OpenMetricsRole.Sum), ("_created", OpenMetricsRole.Created)];

    private static readonly (string Suffix, OpenMetricsRole Role)[] Histogram =
        [("_bucket", OpenMetricsRole.Bucket), ("_count", OpenMetricsRole.Count), ("_sum", OpenMetricsRole.Sum), ("_created", OpenMetricsRole.Created)];

    private static readonly (string Suffix, OpenMetricsRole Role)[] GaugeHistogram =
        [("_bucket", OpenMetricsRole.Bucket), ("_gcount", OpenMetricsRole.Count), ("_gsum", OpenMetricsRole.Sum)];

    /// <summary>The endings that lines of a metric of that type have.</summary>
    public static ReadOnlySpan<(string Suffix, OpenMetricsRole Role)> Of(MetricType type) => type switch
    {
        MetricType.Counter => Counter,
        MetricType.Summary => Summary,
        MetricType.Histogram => Histogram,
        MetricType.GaugeHistogram => GaugeHistogram,
        MetricType.Info => Info,
        _ => Plain,
    };

    /// <summary>What a line called <paramref name="line"/> says of a metric of that name and type.</summary>
    public static OpenMetricsRole RoleOf(string line, string name, MetricType type)
    {
        if (!line.StartsWith(name, StringComparison.Ordinal))
        {
            return OpenMetricsRole.None;
        }

        foreach (var (suffix, role) in Of(type))
        {
            if (line.AsSpan(name.Length).SequenceEqual(suffix))
            {
                return role;
            }
        }

        return OpenMetricsRole.None;
    }

    /// <summary>The word for the type.</summary>
    public static string WordOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Summary => "summary",
        MetricType.Histogram => "histogram",
        MetricType.GaugeHistogram => "gaugehistogram",
        MetricType.Info => "info",
        MetricType.StateSet => "stateset",
        _ => "unknown",
    };
}
