using System.Buffers;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>The text format, line by line, so that a family can be rendered in pages.</summary>
internal static class FamilyText
{
    /// <summary>Writes a whole family; nothing where it has no metrics.</summary>
    public static void Write(IBufferWriter<byte> target, MetricFamily family)
    {
        if (family.Metrics.Count == 0)
        {
            return;
        }

        WriteHeader(target, family.Name, family);
        foreach (var metric in family.Metrics)
        {
            WriteMetric(target, family.Name, metric);
        }
    }

    /// <summary>Writes the lines HELP (where there is a text) and TYPE.</summary>
    public static void WriteHeader(IBufferWriter<byte> target, string name, MetricFamily family)
    {
        if (!string.IsNullOrEmpty(family.Help))
        {
            target.Write("# HELP "u8);
            WriteText(target, name);
            target.Write(" "u8);
            WriteEscaped(target, family.Help, quotes: false);
            target.Write("\n"u8);
        }

        target.Write("# TYPE "u8);
        WriteText(target, name);
        target.Write(family.Type switch
        {
            MetricType.Counter => " counter\n"u8,
            MetricType.Gauge => " gauge\n"u8,
            MetricType.Summary => " summary\n"u8,
            MetricType.Histogram or MetricType.GaugeHistogram => " histogram\n"u8,
            _ => " untyped\n"u8,
        });
    }

    /// <summary>Writes all lines of one metric.</summary>
    public static void WriteMetric(IBufferWriter<byte> target, string name, Metric metric)
    {
        if (metric.Summary is { } summary)
        {
            foreach (var quantile in summary.Quantiles)
            {
                WriteLine(target, name, default, metric.Labels, "quantile", quantile.Rank, quantile.Value);
            }

            WriteLine(target, name, "_sum"u8, metric.Labels, null, 0, summary.SampleSum ?? 0);
            WriteCount(target, name, metric.Labels, summary.SampleCount, null);
        }
        else if (metric.Histogram is { } histogram)
        {
            WriteHistogram(target, name, metric.Labels, histogram);
        }
        else
        {
            WriteLine(target, name, default, metric.Labels, null, 0, metric.Value);
        }
    }

    private static void WriteHistogram(IBufferWriter<byte> target, string name, Labels labels, Histogram histogram)
    {
        var infinity = false;
        foreach (var bucket in histogram.Buckets)
        {
            WriteSeries(target, name, "_bucket"u8, labels, "le", bucket.UpperBound);
            WriteWhole(target, bucket.CumulativeCount, bucket.CumulativeCountFloat);
            infinity |= double.IsPositiveInfinity(bucket.UpperBound);
        }

        if (!infinity)
        {
            WriteSeries(target, name, "_bucket"u8, labels, "le", double.PositiveInfinity);
            WriteWhole(target, histogram.SampleCount, histogram.SampleCountFloat);
        }

        WriteLine(target, name, "_sum"u8, labels, null, 0, histogram.SampleSum ?? 0);
        WriteCount(target, name, labels, histogram.SampleCount, histogram.SampleCountFloat);
    }

    private static void WriteCount(IBufferWriter<byte> target, string name, Labels labels, ulong? count, double? floatCount)
    {
        WriteSeries(target, name, "_count"u8, labels, null, 0);
        WriteWhole(target, count, floatCount);
    }

    private static void WriteWhole(IBufferWriter<byte> target, ulong? count, double? floatCount)
    {
        if (floatCount is { } number)
        {
            WriteFloat(target, number);
        }
        else
        {
            var span = target.GetSpan(20);
            (count ?? 0).TryFormat(span, out var written);
            target.Advance(written);
        }

        target.Write("\n"u8);
    }

    private static void WriteLine(
        IBufferWriter<byte> target, string name, ReadOnlySpan<byte> suffix, Labels labels, string? bound, double boundValue, double value)
    {
        WriteSeries(target, name, suffix, labels, bound, boundValue);
        WriteFloat(target, value);
        target.Write("\n"u8);
    }

    private static void WriteSeries(
        IBufferWriter<byte> target, string name, ReadOnlySpan<byte> suffix, Labels labels, string? bound, double boundValue)
    {
        WriteText(target, name);
        target.Write(suffix);
        var separator = "{"u8;
        foreach (ref readonly var label in labels.AsSpan())
        {
            target.Write(separator);
            WriteText(target, label.Name);
            target.Write("=\""u8);
            WriteEscaped(target, label.Value, quotes: true);
            target.Write("\""u8);
            separator = ","u8;
        }

        if (bound is not null)
        {
            target.Write(separator);
            WriteText(target, bound);
            target.Write("=\""u8);
            WriteFloat(target, boundValue);
            target.Write("\""u8);
            separator = ","u8;
        }

        target.Write(separator[0] == ',' ? "} "u8 : " "u8);
    }

    private static void WriteFloat(IBufferWriter<byte> target, double value)
    {
        FloatText.TryFormat(value, FloatForm.Exposition, target.GetSpan(FloatText.MaxLength), out var written);
        target.Advance(written);
    }

    private static void WriteText(IBufferWriter<byte> target, ReadOnlySpan<char> text)
    {
        var span = target.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        target.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    private static void WriteEscaped(IBufferWriter<byte> target, ReadOnlySpan<char> text, bool quotes)
    {
        while (true)
        {
            var at = quotes ? text.IndexOfAny('\\', '\n', '"') : text.IndexOfAny('\\', '\n');
            if (at < 0)
            {
                WriteText(target, text);
                return;
            }

            WriteText(target, text[..at]);
            target.Write(text[at] switch { '\\' => "\\\\"u8, '\n' => "\\n"u8, _ => "\\\""u8 });
            text = text[(at + 1)..];
        }
    }
}
