using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>The fields of each message, last first, as <see cref="ProtoWriter"/> wants them. Field numbers are those of metrics.proto.</summary>
internal static class MetricFamilyEncoder
{
    private const long NanosPerSecond = 1_000_000_000;

    public static void WriteFamily(ref ProtoWriter writer, MetricFamily family, EscapingScheme escaping)
    {
        if (family.Unit is not null)
        {
            writer.WriteString(5, family.Unit);
        }

        if (family.Metrics is PlainMetrics plain)
        {
            WritePlain(ref writer, plain, escaping);
        }
        else
        {
            for (var i = family.Metrics.Count - 1; i >= 0; i--)
            {
                var begun = writer.BeginMessage();
                WriteMetric(ref writer, family.Metrics[i], escaping);
                writer.EndMessage(4, begun);
            }
        }

        writer.WriteVarint(3, (ulong)family.Type);
        if (family.Help is not null)
        {
            writer.WriteString(2, family.Help);
        }

        writer.WriteName(1, family.Name, isLabel: false, escaping);
    }

    private static void WritePlain(ref ProtoWriter writer, PlainMetrics metrics, EscapingScheme escaping)
    {
        var field = metrics.Payload switch { MetricPayload.Gauge => 2, MetricPayload.Counter => 3, _ => 5 };
        var values = metrics.Values;
        for (var i = values.Length - 1; i >= 0; i--)
        {
            var begun = writer.BeginMessage();
            writer.WriteDouble(1, values[i]);
            writer.EndMessage(field, begun);
            WriteLabels(ref writer, metrics.Labels[i], escaping);
            writer.EndMessage(4, begun);
        }
    }

    private static void WriteMetric(ref ProtoWriter writer, Metric metric, EscapingScheme escaping)
    {
        var begun = writer.BeginMessage();
        switch (metric.Payload)
        {
            case MetricPayload.Histogram:
                WriteHistogram(ref writer, metric.Histogram!);
                writer.EndMessage(7, begun);
                WriteTimestampMs(ref writer, metric);
                break;
            case MetricPayload.Untyped:
                WriteTimestampMs(ref writer, metric);
                begun = writer.BeginMessage();
                writer.WriteDouble(1, metric.Value);
                writer.EndMessage(5, begun);
                break;
            case MetricPayload.Summary:
                WriteTimestampMs(ref writer, metric);
                begun = writer.BeginMessage();
                WriteSummary(ref writer, metric.Summary!);
                writer.EndMessage(4, begun);
                break;
            case MetricPayload.Counter:
                WriteTimestampMs(ref writer, metric);
                begun = writer.BeginMessage();
                WriteTime(ref writer, 3, metric.CreatedUnixNano);
                WriteExemplar(ref writer, 2, metric.Exemplar);
                writer.WriteDouble(1, metric.Value);
                writer.EndMessage(3, begun);
                break;
            case MetricPayload.Gauge:
                WriteTimestampMs(ref writer, metric);
                begun = writer.BeginMessage();
                writer.WriteDouble(1, metric.Value);
                writer.EndMessage(2, begun);
                break;
            default:
                WriteTimestampMs(ref writer, metric);
                break;
        }

        WriteLabels(ref writer, metric.Labels, escaping);
    }

    private static void WriteTimestampMs(ref ProtoWriter writer, Metric metric)
    {
        if (metric.TimestampMs is { } timestamp)
        {
            writer.WriteVarint(6, unchecked((ulong)timestamp));
        }
    }

    private static void WriteLabels(ref ProtoWriter writer, Labels labels, EscapingScheme escaping)
    {
        for (var i = labels.Count - 1; i >= 0; i--)
        {
            var begun = writer.BeginMessage();
            writer.WriteString(2, labels[i].Value);
            writer.WriteName(1, labels[i].Name, isLabel: true, escaping);
            writer.EndMessage(1, begun);
        }
    }

    private static void WriteSummary(ref ProtoWriter writer, Summary summary)
    {
        WriteTime(ref writer, 4, summary.CreatedUnixNano);
        for (var i = summary.Quantiles.Length - 1; i >= 0; i--)
        {
            var begun = writer.BeginMessage();
            writer.WriteDouble(2, summary.Quantiles[i].Value);
            writer.WriteDouble(1, summary.Quantiles[i].Rank);
            writer.EndMessage(3, begun);
        }

        WriteDouble(ref writer, 2, summary.SampleSum);
        WriteVarint(ref writer, 1, summary.SampleCount);
    }

    private static void WriteHistogram(ref ProtoWriter writer, Histogram histogram)
    {
        for (var i = histogram.Exemplars.Length - 1; i >= 0; i--)
        {
            WriteExemplar(ref writer, 16, histogram.Exemplars[i]);
        }

        WriteTime(ref writer, 15, histogram.CreatedUnixNano);
        WriteNative(ref writer, 12, histogram.PositiveSpans, histogram.PositiveDeltas, histogram.PositiveCounts);
        WriteNative(ref writer, 9, histogram.NegativeSpans, histogram.NegativeDeltas, histogram.NegativeCounts);
        WriteDouble(ref writer, 8, histogram.ZeroCountFloat);
        WriteVarint(ref writer, 7, histogram.ZeroCount);
        WriteDouble(ref writer, 6, histogram.ZeroThreshold);
        if (histogram.Schema is { } schema)
        {
            writer.WriteZigZag(5, schema);
        }

        WriteDouble(ref writer, 4, histogram.SampleCountFloat);
        for (var i = histogram.Buckets.Length - 1; i >= 0; i--)
        {
            ref readonly var bucket = ref histogram.Buckets[i];
            var begun = writer.BeginMessage();
            WriteDouble(ref writer, 4, bucket.CumulativeCountFloat);
            WriteExemplar(ref writer, 3, bucket.Exemplar);
            writer.WriteDouble(2, bucket.UpperBound);
            WriteVarint(ref writer, 1, bucket.CumulativeCount);
            writer.EndMessage(3, begun);
        }

        WriteDouble(ref writer, 2, histogram.SampleSum);
        WriteVarint(ref writer, 1, histogram.SampleCount);
    }

    /// <summary>Spans, deltas and counts, which stand in three fields one after the other.</summary>
    private static void WriteNative(ref ProtoWriter writer, int field, BucketSpan[] spans, long[] deltas, double[] counts)
    {
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            writer.WriteDouble(field + 2, counts[i]);
        }

        for (var i = deltas.Length - 1; i >= 0; i--)
        {
            writer.WriteZigZag(field + 1, deltas[i]);
        }

        for (var i = spans.Length - 1; i >= 0; i--)
        {
            var begun = writer.BeginMessage();
            writer.WriteVarint(2, spans[i].Length);
            writer.WriteZigZag(1, spans[i].Offset);
            writer.EndMessage(field, begun);
        }
    }

    private static void WriteExemplar(ref ProtoWriter writer, int field, Exemplar? exemplar)
    {
        if (exemplar is null)
        {
            return;
        }

        var begun = writer.BeginMessage();
        WriteTime(ref writer, 3, exemplar.TimestampUnixNano);
        writer.WriteDouble(2, exemplar.Value);

        // As upstream: exemplars keep their names whatever the scraper asks for.
        WriteLabels(ref writer, exemplar.Labels, EscapingScheme.AllowUtf8);
        writer.EndMessage(field, begun);
    }

    private static void WriteTime(ref ProtoWriter writer, int field, long? unixNano)
    {
        if (unixNano is not { } time)
        {
            return;
        }

        var (seconds, nanos) = Math.DivRem(time, NanosPerSecond);
        if (nanos < 0)
        {
            seconds--;
            nanos += NanosPerSecond;
        }

        var begun = writer.BeginMessage();
        if (nanos != 0)
        {
            writer.WriteVarint(2, (ulong)nanos);
        }

        if (seconds != 0)
        {
            writer.WriteVarint(1, unchecked((ulong)seconds));
        }

        writer.EndMessage(field, begun);
    }

    private static void WriteDouble(ref ProtoWriter writer, int field, double? value)
    {
        if (value is { } number)
        {
            writer.WriteDouble(field, number);
        }
    }

    private static void WriteVarint(ref ProtoWriter writer, int field, ulong? value)
    {
        if (value is { } number)
        {
            writer.WriteVarint(field, number);
        }
    }
}
