using System.Text.Json;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Server.PrometheusApi;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>A group as the Pushgateway's query API writes it: one member for each family, keys in order.</summary>
internal static class GroupJson
{
    private const string LabelsKey = "labels";
    private const string SuccessKey = "last_push_successful";

    public static void Write(Utf8JsonWriter json, MetricGroup group, TimeZoneInfo zone)
    {
        // A family of one of the two fixed names takes the place of the fixed member.
        var members = new SortedDictionary<string, GroupFamily?>(Utf8Order.Instance) { [LabelsKey] = null, [SuccessKey] = null };
        foreach (var family in group.Families.Append(group.PushTime).Append(group.PushFailureTime))
        {
            members[family.Family.Name] = family;
        }

        json.WriteStartObject();
        foreach (var (name, family) in members)
        {
            json.WritePropertyName(name);
            if (family is not null)
            {
                Family(json, family, zone);
            }
            else if (name == LabelsKey)
            {
                LabelJson.Write(json, group.Key);
            }
            else
            {
                json.WriteBooleanValue(group.LastPushSuccessful);
            }
        }

        json.WriteEndObject();
    }

    private static void Family(Utf8JsonWriter json, GroupFamily written, TimeZoneInfo zone)
    {
        var family = written.Family;
        json.WriteStartObject();
        json.WriteString("time_stamp"u8, Rfc3339.FromNano(written.WrittenUnixNano, zone));
        json.WriteString("type"u8, family.Type switch
        {
            MetricType.Counter => "COUNTER",
            MetricType.Gauge => "GAUGE",
            MetricType.Summary => "SUMMARY",
            MetricType.Histogram => "HISTOGRAM",
            MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
            _ => "UNTYPED",
        });
        if (!string.IsNullOrEmpty(family.Help))
        {
            json.WriteString("help"u8, family.Help);
        }

        json.WriteStartArray("metrics"u8);
        foreach (var metric in family.Metrics)
        {
            Metric(json, metric);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>One metric: its labels, and its value or parts; members in the order of their names, as all objects of this API have them.</summary>
    public static void Metric(Utf8JsonWriter json, Metric metric)
    {
        json.WriteStartObject();
        switch (metric)
        {
            case { Payload: MetricPayload.Summary, Summary: { } summary }:
                json.WriteString("count"u8, Whole(summary.SampleCount ?? 0));
                Labels(json, metric);
                Members(json, "quantiles"u8, summary.Quantiles.Select(q => KeyValuePair.Create(Text(q.Rank), Text(q.Value))));
                json.WriteString("sum"u8, Text(summary.SampleSum ?? 0));
                break;
            case { Payload: MetricPayload.Histogram, Histogram: { } histogram }:
                Buckets(json, histogram);
                json.WriteString("count"u8, Count(histogram.SampleCount, histogram.SampleCountFloat));
                Labels(json, metric);
                json.WriteString("sum"u8, Text(histogram.SampleSum ?? 0));
                break;
            default:
                Labels(json, metric);
                json.WriteString("value"u8, Text(metric.Value));
                break;
        }

        json.WriteEndObject();
    }

    private static void Labels(Utf8JsonWriter json, Metric metric)
    {
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, metric.Labels);
    }

    private static void Buckets(Utf8JsonWriter json, Histogram histogram)
    {
        if (histogram.PositiveSpans.Length + histogram.NegativeSpans.Length > 0)
        {
            NativeBuckets(json, histogram);
            return;
        }

        Members(
            json,
            "buckets"u8,
            histogram.Buckets.Select(b => KeyValuePair.Create(Text(b.UpperBound), Count(b.CumulativeCount, b.CumulativeCountFloat))));
    }

    /// <summary>An object of texts in the order of their keys; of equal keys the last counts.</summary>
    private static void Members(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<KeyValuePair<string, string>> members)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in members)
        {
            sorted[key] = value;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in sorted)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void NativeBuckets(Utf8JsonWriter json, Histogram histogram)
    {
        json.WriteStartArray("buckets"u8);
        foreach (var (index, count) in Buckets(histogram.NegativeSpans, histogram.NegativeDeltas, histogram.NegativeCounts).Reverse())
        {
            Bucket(json, 1, -Bound(histogram, index), -Bound(histogram, index - 1), count);
        }

        var zero = histogram.ZeroCountFloat is > 0 ? histogram.ZeroCountFloat.Value : histogram.ZeroCount ?? 0;
        if (zero != 0)
        {
            var threshold = histogram.ZeroThreshold ?? 0;
            Bucket(json, 3, -threshold, threshold, zero);
        }

        foreach (var (index, count) in Buckets(histogram.PositiveSpans, histogram.PositiveDeltas, histogram.PositiveCounts))
        {
            Bucket(json, 0, Bound(histogram, index - 1), Bound(histogram, index), count);
        }

        json.WriteEndArray();
    }

    private static void Bucket(Utf8JsonWriter json, int code, double lower, double upper, double count)
    {
        json.WriteStartArray();
        json.WriteNumberValue(code);
        json.WriteStringValue(Text(lower));
        json.WriteStringValue(Text(upper));
        json.WriteStringValue(Text(count));
        json.WriteEndArray();
    }

    private static IEnumerable<(int Index, double Count)> Buckets(BucketSpan[] spans, long[] deltas, double[] counts)
    {
        var index = 0;
        var at = 0;
        long whole = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (var i = 0; i < span.Length; i++, index++, at++)
            {
                whole += at < deltas.Length ? deltas[at] : 0;
                var count = counts.Length > 0 ? (at < counts.Length ? counts[at] : 0) : whole;
                if (count != 0)
                {
                    yield return (index, count);
                }
            }
        }
    }

    private static double Bound(Histogram histogram, int index) => Math.Pow(2, index * Math.Pow(2, -(histogram.Schema ?? 0)));

    private static string Count(ulong? whole, double? real) => real is > 0 ? Text(real.Value) : Whole(whole ?? 0);

    private static string Whole(ulong count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(double value) => FloatText.Format(value, FloatForm.General);
}
