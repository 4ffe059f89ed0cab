using System.Buffers;
using System.Buffers.Text;
using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>
/// Metric families as OpenMetrics 1.0.0, as upstream's Go library prints them. Families, metrics and labels come in the order in which they are
/// given. Stateless; allocates nothing of its own.
/// </summary>
/// <remarks>
/// A counter whose name lacks <c>_total</c> is of type unknown, since OpenMetrics has no such counters. Where upstream breaks off or breaks the
/// format, this does not: histograms that count in floats print their floats, gauge histograms end in <c>_gcount</c> and <c>_gsum</c>, and a unit
/// that is no suffix of the name is left out.
/// </remarks>
public static class OpenMetricsWriter
{
    private const string TotalSuffix = "_total";

    // Enough for a bound, a value, a timestamp and the punctuation around them.
    private const int NumbersLength = 160;

    /// <summary>Appends <paramref name="family"/>. One without metrics or without a name prints nothing.</summary>
    public static void Write(IBufferWriter<byte> target, MetricFamily family, ExpositionWriteOptions options)
    {
        if (family.Metrics.Count == 0 || family.Name.Length == 0)
        {
            return;
        }

        var isTotal = family.Type == MetricType.Counter && family.Name.EndsWith(TotalSuffix, StringComparison.Ordinal)
            && family.Name.Length > TotalSuffix.Length;
        var name = isTotal ? family.Name.AsSpan(..^TotalSuffix.Length) : family.Name;
        WriteHeader(target, family, name, isTotal, options.Escaping);
        for (var i = 0; i < family.Metrics.Count; i++)
        {
            WriteMetric(target, family.Type, name, isTotal, family.Metrics[i], options);
        }
    }

    /// <summary>Appends the line that ends an exposition.</summary>
    public static void End(IBufferWriter<byte> target) => target.Write("# EOF\n"u8);

    private static void WriteHeader(
        IBufferWriter<byte> target, MetricFamily family, ReadOnlySpan<char> name, bool isTotal, EscapingScheme escaping)
    {
        if (family.Help is not null)
        {
            target.Write("# HELP "u8);
            SeriesText.WriteName(target, name, isLabel: false, escaping);
            target.Write(" "u8);
            SeriesText.WriteEscaped(target, family.Help, quotes: true);
            target.Write("\n"u8);
        }

        target.Write("# TYPE "u8);
        SeriesText.WriteName(target, name, isLabel: false, escaping);
        target.Write(family.Type switch
        {
            MetricType.Counter when isTotal => " counter\n"u8,
            MetricType.Gauge => " gauge\n"u8,
            MetricType.Summary => " summary\n"u8,
            MetricType.Histogram => " histogram\n"u8,
            MetricType.GaugeHistogram => " gaugehistogram\n"u8,
            _ => " unknown\n"u8,
        });
        if (family.Unit is { Length: > 0 } unit && name.Length > unit.Length + 1 && name.EndsWith(unit, StringComparison.Ordinal)
            && name[^(unit.Length + 1)] == '_')
        {
            target.Write("# UNIT "u8);
            SeriesText.WriteName(target, name, isLabel: false, escaping);
            target.Write(" "u8);
            SeriesText.WriteEscaped(target, unit, quotes: true);
            target.Write("\n"u8);
        }
    }

    private static void WriteMetric(
        IBufferWriter<byte> target, MetricType type, ReadOnlySpan<char> name, bool isTotal, Metric metric, ExpositionWriteOptions options)
    {
        long? created;
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(target, name, metric, options.Escaping);
                created = metric.Summary?.CreatedUnixNano;
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                WriteHistogram(target, name, type == MetricType.GaugeHistogram, metric, options.Escaping);
                created = type == MetricType.Histogram ? metric.Histogram?.CreatedUnixNano : null;
                break;
            default:
                var exemplar = type == MetricType.Counter && isTotal ? metric.Exemplar : null;
                WriteSample(target, name, isTotal ? "_total"u8 : default, metric, options.Escaping, default, 0, metric.Value, null, exemplar);
                created = isTotal ? metric.CreatedUnixNano : null;
                break;
        }

        if (options.CreatedLines && created is { } time)
        {
            WriteSample(target, name, "_created"u8, metric, options.Escaping, default, 0, time / 1e9, null, null, withTime: false);
        }
    }

    private static void WriteSummary(IBufferWriter<byte> target, ReadOnlySpan<char> name, Metric metric, EscapingScheme escaping)
    {
        if (metric.Summary is not { } summary)
        {
            return;
        }

        foreach (var quantile in summary.Quantiles)
        {
            WriteSample(target, name, default, metric, escaping, "quantile"u8, quantile.Rank, quantile.Value, null, null);
        }

        WriteSample(target, name, "_sum"u8, metric, escaping, default, 0, summary.SampleSum ?? 0, null, null);
        WriteSample(target, name, "_count"u8, metric, escaping, default, 0, 0, summary.SampleCount ?? 0, null);
    }

    private static void WriteHistogram(IBufferWriter<byte> target, ReadOnlySpan<char> name, bool isGauge, Metric metric, EscapingScheme escaping)
    {
        if (metric.Histogram is not { } histogram)
        {
            return;
        }

        var isFloat = histogram.SampleCountFloat is not (null or 0);
        var countFloat = histogram.SampleCountFloat ?? 0;
        ulong? count = isFloat ? null : histogram.SampleCount ?? 0;
        var infinitySeen = false;
        foreach (ref readonly var bucket in histogram.Buckets.AsSpan())
        {
            ulong? whole = bucket.CumulativeCountFloat is null or 0 ? bucket.CumulativeCount ?? 0 : null;
            WriteSample(target, name, "_bucket"u8, metric, escaping, "le"u8, bucket.UpperBound, bucket.CumulativeCountFloat ?? 0, whole, bucket.Exemplar);
            infinitySeen |= double.IsPositiveInfinity(bucket.UpperBound);
        }

        if (!infinitySeen)
        {
            WriteSample(target, name, "_bucket"u8, metric, escaping, "le"u8, double.PositiveInfinity, countFloat, count, null);
        }

        WriteSample(target, name, isGauge ? "_gsum"u8 : "_sum"u8, metric, escaping, default, 0, histogram.SampleSum ?? 0, null, null);
        WriteSample(target, name, isGauge ? "_gcount"u8 : "_count"u8, metric, escaping, default, 0, countFloat, count, null);
    }

    private static void WriteSample(
        IBufferWriter<byte> target,
        ReadOnlySpan<char> name,
        ReadOnlySpan<byte> suffix,
        Metric metric,
        EscapingScheme escaping,
        ReadOnlySpan<byte> boundName,
        double bound,
        double value,
        ulong? count,
        Exemplar? exemplar,
        bool withTime = true)
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
        if (count is { } whole)
        {
            Utf8Formatter.TryFormat(whole, numbers[at..], out var length);
            at += length;
        }
        else
        {
            PutFloat(value, numbers, ref at);
        }

        if (withTime && metric.TimestampMs is { } timestamp)
        {
            Put(" "u8, numbers, ref at);
            PutFloat(timestamp / 1000.0, numbers, ref at);
        }

        target.Advance(at);
        if (exemplar is { Labels.Count: > 0 })
        {
            WriteExemplar(target, exemplar, escaping);
        }

        target.Write("\n"u8);
    }

    private static void WriteExemplar(IBufferWriter<byte> target, Exemplar exemplar, EscapingScheme escaping)
    {
        target.Write(" # "u8);
        SeriesText.WriteLabels(target, exemplar.Labels, escaping, open: false);
        var numbers = target.GetSpan(NumbersLength);
        var at = 0;
        Put("} "u8, numbers, ref at);
        PutFloat(exemplar.Value, numbers, ref at);
        if (exemplar.TimestampUnixNano is { } time)
        {
            Put(" "u8, numbers, ref at);
            PutFloat(time / 1e9, numbers, ref at);
        }

        target.Advance(at);
    }

    private static void Put(ReadOnlySpan<byte> bytes, Span<byte> to, ref int at)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }

    private static void PutFloat(double value, Span<byte> to, ref int at)
    {
        FloatText.TryFormat(value, FloatForm.Label, to[at..], out var length);
        at += length;
    }
}
