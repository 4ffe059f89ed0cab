using System.Buffers;
using System.Buffers.Text;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Metric families as the text format 0.0.4, byte for byte as upstream prints them. Families, metrics and labels come in the order in which they
/// are given; <c>le</c> and <c>quantile</c> stand last. Stateless; allocates nothing of its own.
/// </summary>
public static class PrometheusTextWriter
{
    // Enough for a float, a timestamp and the punctuation around them.
    private const int NumbersLength = 128;

    /// <summary>
    /// Appends <paramref name="family"/>. A family without metrics or without a name prints nothing. A metric whose payload is not of the
    /// family's type prints as zero, or for summaries and histograms not at all: the Gateway refuses such pushes.
    /// </summary>
    public static void Write(IBufferWriter<byte> target, MetricFamily family)
    {
        if (family.Metrics.Count == 0 || family.Name.Length == 0)
        {
            return;
        }

        WriteHeader(target, family.Name, family.Help, family.Type);
        for (var i = 0; i < family.Metrics.Count; i++)
        {
            WriteMetric(target, family.Name, family.Type, family.Metrics[i]);
        }
    }

    /// <summary>Appends the HELP line, where <paramref name="help"/> is not null, and the TYPE line.</summary>
    public static void WriteHeader(IBufferWriter<byte> target, string name, string? help, MetricType type)
    {
        if (help is not null)
        {
            target.Write("# HELP "u8);
            WriteName(target, name, NameValidation.IsLegacyMetricName(name));
            target.Write(" "u8);
            WriteEscaped(target, help, quotes: false);
            target.Write("\n"u8);
        }

        target.Write("# TYPE "u8);
        WriteName(target, name, NameValidation.IsLegacyMetricName(name));
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
    public static void WriteMetric(IBufferWriter<byte> target, string name, MetricType type, Metric metric)
    {
        switch (type)
        {
            case MetricType.Summary:
                WriteSummary(target, name, metric);
                break;
            case MetricType.Histogram or MetricType.GaugeHistogram:
                WriteHistogram(target, name, metric);
                break;
            default:
                WriteSample(target, name, default, metric, default, 0, metric.Value);
                break;
        }
    }

    private static void WriteSummary(IBufferWriter<byte> target, string name, Metric metric)
    {
        if (metric.Summary is not { } summary)
        {
            return;
        }

        foreach (var quantile in summary.Quantiles)
        {
            WriteSample(target, name, default, metric, "quantile"u8, quantile.Rank, quantile.Value);
        }

        WriteSample(target, name, "_sum"u8, metric, default, 0, summary.SampleSum ?? 0);
        WriteSample(target, name, "_count"u8, metric, default, 0, summary.SampleCount ?? 0);
    }

    private static void WriteHistogram(IBufferWriter<byte> target, string name, Metric metric)
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
            WriteSample(target, name, "_bucket"u8, metric, "le"u8, bucket.UpperBound, value);
            infinitySeen |= double.IsPositiveInfinity(bucket.UpperBound);
        }

        if (!infinitySeen)
        {
            WriteSample(target, name, "_bucket"u8, metric, "le"u8, double.PositiveInfinity, count);
        }

        WriteSample(target, name, "_sum"u8, metric, default, 0, histogram.SampleSum ?? 0);
        WriteSample(target, name, "_count"u8, metric, default, 0, count);
    }

    private static void WriteSample(
        IBufferWriter<byte> target, string name, ReadOnlySpan<byte> suffix, Metric metric, ReadOnlySpan<byte> boundName, double bound, double value)
    {
        // A name that is not of the old pattern moves into the braces.
        var legacy = NameValidation.IsLegacyMetricName(name);
        var separator = "{"u8;
        if (legacy)
        {
            WriteRaw(target, name);
            target.Write(suffix);
        }
        else
        {
            target.Write("{\""u8);
            WriteEscaped(target, name, quotes: true);
            target.Write(suffix);
            target.Write("\""u8);
            separator = ","u8;
        }

        foreach (ref readonly var label in metric.Labels.AsSpan())
        {
            target.Write(separator);
            separator = ","u8;
            WriteName(target, label.Name, NameValidation.IsLegacyLabelName(label.Name));
            target.Write("=\""u8);
            WriteEscaped(target, label.Value, quotes: true);
            target.Write("\""u8);
        }

        var numbers = target.GetSpan(NumbersLength);
        var at = 0;
        var braces = !legacy || metric.Labels.Count > 0;
        if (!boundName.IsEmpty)
        {
            Put(separator, numbers, ref at);
            Put(boundName, numbers, ref at);
            Put("=\""u8, numbers, ref at);
            PutFloat(bound, numbers, ref at);
            Put("\""u8, numbers, ref at);
            braces = true;
        }

        Put(braces ? "} "u8 : " "u8, numbers, ref at);
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

    private static void WriteName(IBufferWriter<byte> target, string name, bool legacy)
    {
        if (legacy)
        {
            WriteRaw(target, name);
            return;
        }

        target.Write("\""u8);
        WriteEscaped(target, name, quotes: true);
        target.Write("\""u8);
    }

    private static void WriteEscaped(IBufferWriter<byte> target, ReadOnlySpan<char> text, bool quotes)
    {
        while (true)
        {
            var next = quotes ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (next < 0)
            {
                WriteRaw(target, text);
                return;
            }

            WriteRaw(target, text[..next]);
            target.Write(text[next] switch
            {
                '\\' => "\\\\"u8,
                '\n' => "\\n"u8,
                _ => "\\\""u8,
            });
            text = text[(next + 1)..];
        }
    }

    private static void WriteRaw(IBufferWriter<byte> target, ReadOnlySpan<char> text)
    {
        const int LongestAtOnce = 1_024;
        while (text.Length > LongestAtOnce)
        {
            // A pair of surrogates is one character and must stay together.
            var part = char.IsHighSurrogate(text[LongestAtOnce - 1]) ? LongestAtOnce - 1 : LongestAtOnce;
            target.Advance(ByteText.Encode(text[..part], target.GetSpan(3 * part)));
            text = text[part..];
        }

        if (!text.IsEmpty)
        {
            target.Advance(ByteText.Encode(text, target.GetSpan(3 * text.Length)));
        }
    }
}
