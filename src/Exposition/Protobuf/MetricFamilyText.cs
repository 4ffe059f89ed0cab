using System.Buffers;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Metric families as protobuf's own text, for people: a field on a line, or a family on a line. Fields come in the order of metrics.proto.
/// Upstream varies its blanks on purpose so that nobody depends on them; here they never vary.
/// </summary>
internal static class MetricFamilyText
{
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Appends <paramref name="family"/> and a newline, or where it is not <paramref name="compact"/> an empty line.</summary>
    public static void Write(IBufferWriter<byte> target, MetricFamily family, EscapingScheme escaping, bool compact)
    {
        var writer = new ProtoTextWriter(target, compact);
        writer.Name("name", family.Name, isLabel: false, escaping);
        if (family.Help is not null)
        {
            writer.String("help", family.Help);
        }

        writer.Word("type", family.Type switch
        {
            MetricType.Counter => "COUNTER",
            MetricType.Gauge => "GAUGE",
            MetricType.Summary => "SUMMARY",
            MetricType.Histogram => "HISTOGRAM",
            MetricType.GaugeHistogram => "GAUGE_HISTOGRAM",
            _ => "UNTYPED",
        });
        foreach (var metric in family.Metrics)
        {
            writer.Begin("metric");
            WriteMetric(ref writer, metric, escaping);
            writer.End();
        }

        if (family.Unit is not null)
        {
            writer.String("unit", family.Unit);
        }

        writer.EndLine();
    }

    private static void WriteMetric(ref ProtoTextWriter writer, Metric metric, EscapingScheme escaping)
    {
        WriteLabels(ref writer, metric.Labels, escaping);
        switch (metric.Payload)
        {
            case MetricPayload.Gauge:
                WriteValue(ref writer, "gauge", metric.Value);
                break;
            case MetricPayload.Untyped:
                WriteValue(ref writer, "untyped", metric.Value);
                break;
            case MetricPayload.Counter:
                writer.Begin("counter");
                writer.Double("value", metric.Value);
                WriteExemplar(ref writer, "exemplar", metric.Exemplar);
                WriteTime(ref writer, "created_timestamp", metric.CreatedUnixNano);
                writer.End();
                break;
            case MetricPayload.Summary:
                WriteSummary(ref writer, metric.Summary!);
                break;
            case MetricPayload.Histogram:
                WriteHistogram(ref writer, metric.Histogram!);
                break;
        }

        if (metric.TimestampMs is { } timestamp)
        {
            writer.Integer("timestamp_ms", timestamp);
        }
    }

    private static void WriteValue(ref ProtoTextWriter writer, string kind, double value)
    {
        writer.Begin(kind);
        writer.Double("value", value);
        writer.End();
    }

    private static void WriteSummary(ref ProtoTextWriter writer, Summary summary)
    {
        writer.Begin("summary");
        writer.Count("sample_count", summary.SampleCount);
        writer.Double("sample_sum", summary.SampleSum);
        foreach (var quantile in summary.Quantiles)
        {
            writer.Begin("quantile");
            writer.Double("quantile", quantile.Rank);
            writer.Double("value", quantile.Value);
            writer.End();
        }

        WriteTime(ref writer, "created_timestamp", summary.CreatedUnixNano);
        writer.End();
    }

    private static void WriteHistogram(ref ProtoTextWriter writer, Histogram histogram)
    {
        writer.Begin("histogram");
        writer.Count("sample_count", histogram.SampleCount);
        writer.Double("sample_count_float", histogram.SampleCountFloat);
        writer.Double("sample_sum", histogram.SampleSum);
        foreach (ref readonly var bucket in histogram.Buckets.AsSpan())
        {
            writer.Begin("bucket");
            writer.Count("cumulative_count", bucket.CumulativeCount);
            writer.Double("cumulative_count_float", bucket.CumulativeCountFloat);
            writer.Double("upper_bound", bucket.UpperBound);
            WriteExemplar(ref writer, "exemplar", bucket.Exemplar);
            writer.End();
        }

        WriteTime(ref writer, "created_timestamp", histogram.CreatedUnixNano);
        if (histogram.Schema is { } schema)
        {
            writer.Integer("schema", schema);
        }

        writer.Double("zero_threshold", histogram.ZeroThreshold);
        writer.Count("zero_count", histogram.ZeroCount);
        writer.Double("zero_count_float", histogram.ZeroCountFloat);
        WriteBuckets(ref writer, "negative", histogram.NegativeSpans, histogram.NegativeDeltas, histogram.NegativeCounts);
        WriteBuckets(ref writer, "positive", histogram.PositiveSpans, histogram.PositiveDeltas, histogram.PositiveCounts);
        foreach (var exemplar in histogram.Exemplars)
        {
            WriteExemplar(ref writer, "exemplars", exemplar);
        }

        writer.End();
    }

    private static void WriteBuckets(ref ProtoTextWriter writer, string sign, BucketSpan[] spans, long[] deltas, double[] counts)
    {
        foreach (var span in spans)
        {
            writer.Begin(sign + "_span");
            writer.Integer("offset", span.Offset);
            writer.Integer("length", span.Length);
            writer.End();
        }

        foreach (var delta in deltas)
        {
            writer.Integer(sign + "_delta", delta);
        }

        foreach (var count in counts)
        {
            writer.Double(sign + "_count", count);
        }
    }

    private static void WriteExemplar(ref ProtoTextWriter writer, string field, Exemplar? exemplar)
    {
        if (exemplar is null)
        {
            return;
        }

        writer.Begin(field);
        WriteLabels(ref writer, exemplar.Labels, EscapingScheme.AllowUtf8);
        writer.Double("value", exemplar.Value);
        WriteTime(ref writer, "timestamp", exemplar.TimestampUnixNano);
        writer.End();
    }

    private static void WriteLabels(ref ProtoTextWriter writer, Labels labels, EscapingScheme escaping)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            writer.Begin("label");
            writer.Name("name", label.Name, isLabel: true, escaping);
            writer.String("value", label.Value);
            writer.End();
        }
    }

    private static void WriteTime(ref ProtoTextWriter writer, string field, long? unixNano)
    {
        if (unixNano is not { } time)
        {
            return;
        }

        var nanos = ((time % NanosPerSecond) + NanosPerSecond) % NanosPerSecond;
        var seconds = (time - nanos) / NanosPerSecond;
        writer.Begin(field);
        if (seconds != 0)
        {
            writer.Integer("seconds", seconds);
        }

        if (nanos != 0)
        {
            writer.Integer("nanos", nanos);
        }

        writer.End();
    }
}
