using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Remote;

/// <summary>Reads a native histogram sample, of whole or of float counts.</summary>
internal static class HistogramReader
{
    /// <summary>The histogram with absolute counts; null where the bytes are damaged.</summary>
    public static FloatHistogram? Read(ReadOnlySpan<byte> bytes, out long time)
    {
        time = 0;
        var histogram = new FloatHistogram();
        var spans = (Negative: new List<BucketSpan>(), Positive: new List<BucketSpan>());
        var deltas = (Negative: new List<long>(), Positive: new List<long>());
        var counts = (Negative: new List<double>(), Positive: new List<double>());
        var custom = new List<double>();
        var whole = false;
        var good = true;
        var reader = new ProtoSpan(bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 0:
                    histogram.Count = reader.Varint();
                    whole = true;
                    break;
                case (2 << 3) | 1:
                    histogram.Count = reader.Double();
                    break;
                case (3 << 3) | 1:
                    histogram.Sum = reader.Double();
                    break;
                case (4 << 3) | 0:
                    histogram.Schema = (int)reader.ZigZag();
                    break;
                case (5 << 3) | 1:
                    histogram.ZeroThreshold = reader.Double();
                    break;
                case (6 << 3) | 0:
                    histogram.ZeroCount = reader.Varint();
                    break;
                case (7 << 3) | 1:
                    histogram.ZeroCount = reader.Double();
                    break;
                case (8 << 3) | 2:
                    good &= AddSpan(reader.Bytes(), spans.Negative);
                    break;
                case (9 << 3) | 2:
                    good &= AddDeltas(reader.Bytes(), deltas.Negative);
                    break;
                case (9 << 3) | 0:
                    deltas.Negative.Add(reader.ZigZag());
                    break;
                case (10 << 3) | 2:
                    good &= AddDoubles(reader.Bytes(), counts.Negative);
                    break;
                case (10 << 3) | 1:
                    counts.Negative.Add(reader.Double());
                    break;
                case (11 << 3) | 2:
                    good &= AddSpan(reader.Bytes(), spans.Positive);
                    break;
                case (12 << 3) | 2:
                    good &= AddDeltas(reader.Bytes(), deltas.Positive);
                    break;
                case (12 << 3) | 0:
                    deltas.Positive.Add(reader.ZigZag());
                    break;
                case (13 << 3) | 2:
                    good &= AddDoubles(reader.Bytes(), counts.Positive);
                    break;
                case (13 << 3) | 1:
                    counts.Positive.Add(reader.Double());
                    break;
                case (14 << 3) | 0:
                    histogram.CounterResetHint = Hint(reader.Varint());
                    break;
                case (15 << 3) | 0:
                    time = (long)reader.Varint();
                    break;
                case (16 << 3) | 2:
                    good &= AddDoubles(reader.Bytes(), custom);
                    break;
                case (16 << 3) | 1:
                    custom.Add(reader.Double());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        histogram.NegativeSpans = [.. spans.Negative];
        histogram.PositiveSpans = [.. spans.Positive];
        histogram.NegativeBuckets = whole ? Absolute(deltas.Negative) : [.. counts.Negative];
        histogram.PositiveBuckets = whole ? Absolute(deltas.Positive) : [.. counts.Positive];
        histogram.CustomValues = [.. custom];
        return good && !reader.Damaged ? histogram : null;
    }

    /// <summary>The numbers of the wire, by name: what they are in memory may change.</summary>
    private static CounterResetHint Hint(ulong number) => number switch
    {
        1 => CounterResetHint.CounterReset,
        2 => CounterResetHint.NotCounterReset,
        3 => CounterResetHint.Gauge,
        _ => CounterResetHint.Unknown,
    };

    private static bool AddSpan(ReadOnlySpan<byte> bytes, List<BucketSpan> spans)
    {
        var offset = 0;
        var length = 0U;
        var reader = new ProtoSpan(bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 0:
                    offset = (int)reader.ZigZag();
                    break;
                case (2 << 3) | 0:
                    length = (uint)reader.Varint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        spans.Add(new BucketSpan(offset, length));
        return !reader.Damaged;
    }

    private static bool AddDeltas(ReadOnlySpan<byte> packed, List<long> deltas)
    {
        var reader = new ProtoSpan(packed);
        while (reader.At < packed.Length)
        {
            deltas.Add(reader.ZigZag());
        }

        return !reader.Damaged;
    }

    private static bool AddDoubles(ReadOnlySpan<byte> packed, List<double> values)
    {
        var reader = new ProtoSpan(packed);
        while (reader.At < packed.Length)
        {
            values.Add(reader.Double());
        }

        return !reader.Damaged;
    }

    private static double[] Absolute(List<long> deltas)
    {
        var absolute = new double[deltas.Count];
        var count = 0L;
        for (var i = 0; i < absolute.Length; i++)
        {
            unchecked
            {
                count += deltas[i];
            }

            absolute[i] = count;
        }

        return absolute;
    }
}
