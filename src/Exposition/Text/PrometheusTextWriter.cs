using System.Buffers;
using System.Buffers.Text;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Metric families as the text format 0.0.4, byte for byte as upstream prints them. Families, metrics and labels come in the order in which they
/// are given; <c>le</c> and <c>quantile</c> stand last. Stateless; allocates nothing of its own.
/// </summary>
/// <remarks>
/// Names that are not of the old pattern are escaped, with underscores where the scraper asks for nothing else. As upstream, nothing looks
/// whether two names become the same: such families stand one after the other under one name.
/// </remarks>
public static class PrometheusTextWriter
{
    // Enough for a float, a timestamp and the punctuation around them.
    private const int NumbersLength = 128;

    /// <summary>
    /// Appends <paramref name="family"/>. A family without metrics or without a name prints nothing. A metric whose payload is not of the
    /// family's type prints as zero, or for summaries and histograms not at all: the Gateway refuses such pushes.
    /// </summary>
    public static void Write(IBufferWriter<byte> target, MetricFamily family, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        if (family.Metrics.Count == 0 || family.Name.Length == 0)
        {
            return;
        }

        WriteHeader(target, family.Name, family.Help, family.Type, escaping);
        for (var i = 0; i < family.Metrics.Count; i++)
        {
            WriteMetric(target, family.Name, family.Type, family.Metrics[i], escaping);
        }
    }

    /// <summary>Appends the HELP line, where <paramref name="help"/> is not null, and the TYPE line.</summary>
    public static void WriteHeader(
        IBufferWriter<byte> target, string name, string? help, MetricType type, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        if (help is not null)
        {
            target.Write("# HELP "u8);
            SeriesText.WriteName(target, name, isLabel: false, escaping);
            target.Write(" "u8);
            SeriesText.WriteEscaped(target, help, quotes: false);
            target.Write("\n"u8);
        }

        target.Write("# TYPE "u8);
        SeriesText.WriteName(target, name, isLabel: false, escaping);
        target.Write(type switch
        {
            MetricType.Counter => " counter\n"u8,
            MetricType.Gauge => " gauge\n"u8,
            MetricType.Summary => " summary\n"u8,
            MetricType.Histogram or MetricType.GaugeHistogram => " histogram\n"u8,
            _ => " untyped\n"u8,
        });
    }

    /// <summary>Appends the lines of one metric of a family of this name and type.</summary>
    public static void WriteMetric(
        IBufferWriter<byte> target, string name, MetricType type, Metric metric, EscapingScheme escaping = EscapingScheme.Underscores)
    {
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(target, name, metric, escaping);
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                WriteHistogram(target, name, metric, escaping);
                break;
            default:
                WriteSample(target, name, default, metric, escaping, default, 0, metric.Value);
                break;
        }
    }

    private static void WriteSummary(IBufferWriter<byte> target, string name, Metric metric, EscapingScheme escaping)
    {
        if (metric.Summary is not { } summary)
        {
            return;
        }

        foreach (var quantile in summary.Quantiles)
        {
            WriteSample(target, name, default, metric, escaping, "quantile"u8, quantile.Rank, quantile.Value);
        }

        WriteSample(target, name, "_sum"u8, metric, escaping, default, 0, summary.SampleSum ?? 0);
        WriteSample(target, name, "_count"u8, metric, escaping, default, 0, summary.SampleCount ?? 0);
    }

    private static void WriteHistogram(IBufferWriter<byte> target, string name, Metric metric, EscapingScheme escaping)
    {
        if (metric.Histogram is not { } histogram)
        {
            return;
        }

        var count = histogram.SampleCountFloat is { } countFloat and not 0 ? countFloat : histogram.SampleCount ?? 0;
        var infinitySeen = false;
        foreach (ref readonly var bucket in histogram.Buckets.AsSpan())
        {
            var value = bucket.CumulativeCountFloat is { } inFloat and not 0 ? inFloat : bucket.CumulativeCount ?? 0;
            WriteSample(target, name, "_bucket"u8, metric, escaping, "le"u8, bucket.UpperBound, value);
            infinitySeen |= double.IsPositiveInfinity(bucket.UpperBound);
        }

        if (!infinitySeen)
        {
            WriteSample(target, name, "_bucket"u8, metric, escaping, "le"u8, double.PositiveInfinity, count);
        }

        WriteSample(target, name, "_sum"u8, metric, escaping, default, 0, histogram.SampleSum ?? 0);
        WriteSample(target, name, "_count"u8, metric, escaping, default, 0, count);
    }

    private static void WriteSample(
        IBufferWriter<byte> target,
        string name,
        ReadOnlySpan<byte> suffix,
        Metric metric,
        EscapingScheme escaping,
        ReadOnlySpan<byte> boundName,
        double bound,
        double value)
    {
        var open = SeriesText.Begin(target, name, suffix, metric.Labels, escaping);
        var numbers = target.GetSpan(NumbersLength);
        var at = 0;
        if (!boundName.IsEmpty)
        {
            Put(open ? ","u8 : "{"u8, numbers, ref at);
            Put(boundName, numbers, ref at);
            Put("=\""u8, numbers, ref at);
            PutFloat(bound, numbers, ref at);
            Put("\""u8, numbers, ref at);
            open = true;
        }

        Put(open ? "} "u8 : " "u8, numbers, ref at);
        PutFloat(value, numbers, ref at);
        if (metric.TimestampMs is { } timestamp)
        {
            numbers[at++] = (byte)' ';
            Utf8Formatter.TryFormat(timestamp, numbers[at..], out var length);
            at += length;
        }

        numbers[at++] = (byte)'\n';
        target.Advance(at);
    }

    private static void Put(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }

    private static void PutFloat(double value, Span<byte> to, ref int at)
    {
        FloatText.TryFormat(value, FloatForm.Exposition, to[at..], out var length);
        at += length;
    }
}
