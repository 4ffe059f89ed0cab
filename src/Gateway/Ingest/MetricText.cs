using System.Text;
using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>Metrics and types as the Pushgateway's refusals name them.</summary>
internal static class MetricText
{
    /// <summary><c>collected metric "a" { label:{name:"job" value:"j"} gauge:{value:1} } fault</c></summary>
    public static string Fault(string family, Metric metric, string fault)
    {
        var text = new StringBuilder("collected metric ");
        GoQuote.Append(text, family);
        text.Append(" { ");
        foreach (ref readonly var label in metric.Labels.AsSpan())
        {
            text.Append("label:{name:");
            GoQuote.Append(text, label.Name);
            text.Append(" value:");
            GoQuote.Append(text, label.Value);
            text.Append("} ");
        }

        switch (metric.Payload)
        {
            case MetricPayload.Counter: AppendValue(text, "counter", metric.Value); break;
            case MetricPayload.Gauge: AppendValue(text, "gauge", metric.Value); break;
            case MetricPayload.Untyped: AppendValue(text, "untyped", metric.Value); break;
            case MetricPayload.Summary: AppendCount(text, "summary", metric.Summary?.SampleCount ?? 0, metric.Summary?.SampleSum ?? 0); break;
            case MetricPayload.Histogram: AppendCount(text, "histogram", metric.Histogram?.SampleCount ?? 0, metric.Histogram?.SampleSum ?? 0); break;
            default: break;
        }

        return text.Append("} ").Append(fault).ToString();
    }

    /// <summary>A type in the spelling of protobuf.</summary>
    public static string Of(MetricType type) => type switch
    {
        MetricType.Counter => "COUNTER",
        MetricType.Gauge => "GAUGE",
        MetricType.Summary => "SUMMARY",
        MetricType.Histogram => "HISTOGRAM",
        MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
        _ => "UNTYPED",
    };

    /// <summary>All faults of a push as one text, as the Pushgateway answers them.</summary>
    public static string Refusal(List<string> faults)
    {
        var text = new StringBuilder("pushed metrics are invalid or inconsistent with existing metrics: ");
        if (faults.Count == 1)
        {
            return text.Append(faults[0]).ToString();
        }

        text.Append(faults.Count).Append(" error(s) occurred:");
        foreach (var fault in faults)
        {
            text.Append("\n* ").Append(fault);
        }

        return text.ToString();
    }

    private static void AppendValue(StringBuilder text, string kind, double value)
    {
        text.Append(kind).Append(":{value:");
        FloatText.Append(text, value, FloatForm.General);
        text.Append("} ");
    }

    private static void AppendCount(StringBuilder text, string kind, ulong count, double sum)
    {
        text.Append(kind).Append(":{sample_count:").Append(count).Append(" sample_sum:");
        FloatText.Append(text, sum, FloatForm.General);
        text.Append("} ");
    }
}
