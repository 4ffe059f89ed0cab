using System.Buffers.Binary;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Writes native histograms as chunks of Prometheus: whole counts as differences of differences, others by XOR. A chunk ends where the next
/// histogram has another resolution or kind, where a counter was reset, and behind a stale marker; buckets that come later in a chunk
/// are written as empty before.
/// </summary>
internal static class HistogramEncoder
{
    private const int MaxSamples = 120;
    private const int ResetFlag = 0x80;
    private const int NoResetFlag = 0x40;
    private const int GaugeFlag = 0xc0;

    /// <summary>The chunks of samples in ascending time.</summary>
    public static List<EncodedChunk> Encode(IReadOnlyList<(long Time, FloatHistogram Histogram)> samples)
    {
        var chunks = new List<EncodedChunk>();
        var run = new List<Shape>();
        var resets = false;
        foreach (var (time, histogram) in samples)
        {
            var shape = new Shape(time, histogram);
            if (run.Count > 0 && !(run.Count < MaxSamples && Joins(run, shape, out resets)))
            {
                chunks.Add(Write(run));
                run.Clear();
                shape.BeginsAfterReset = resets;
            }

            resets = false;
            run.Add(shape);
        }

        if (run.Count > 0)
        {
            chunks.Add(Write(run));
        }

        return chunks;
    }

    private static bool Joins(List<Shape> run, Shape next, out bool resets)
    {
        resets = false;
        var last = run[^1];
        if (next.IsStale)
        {
            return true;
        }

        if (last.IsStale || next.IsGauge != last.IsGauge)
        {
            return false;
        }

        var (h, before) = (next.Histogram, last.Histogram);
        if (!next.IsGauge)
        {
            if (h.CounterResetHint == CounterResetHint.CounterReset || !(h.Count >= before.Count))
            {
                // What is no number tells nothing.
                resets = h.CounterResetHint == CounterResetHint.CounterReset || h.Count < before.Count;
                return false;
            }
        }

        if (next.IsWhole != last.IsWhole || h.Schema != before.Schema || h.ZeroThreshold != before.ZeroThreshold)
        {
            return false;
        }

        if (!h.CustomValues.AsSpan().SequenceEqual(before.CustomValues))
        {
            return false;
        }

        resets = !next.IsGauge
            && (!(h.ZeroCount >= before.ZeroCount)
                || BucketIndexes.AnyFell(last.Positive, before.PositiveBuckets, next.Positive, h.PositiveBuckets)
                || BucketIndexes.AnyFell(last.Negative, before.NegativeBuckets, next.Negative, h.NegativeBuckets));
        return !resets;
    }

    private static EncodedChunk Write(List<Shape> run)
    {
        var first = run[0];
        var positive = Array.Empty<int>();
        var negative = Array.Empty<int>();
        foreach (var shape in run)
        {
            if (!shape.IsStale)
            {
                positive = BucketIndexes.Union(positive, shape.Positive);
                negative = BucketIndexes.Union(negative, shape.Negative);
            }
        }

        var bits = new BitBuffer();
        bits.Write(0, 24);
        var layout = first.IsStale
            ? new HistogramLayout(0, 0, [], [], [])
            : new HistogramLayout(
                first.Histogram.Schema,
                first.Histogram.ZeroThreshold,
                BucketIndexes.ToSpans(positive),
                BucketIndexes.ToSpans(negative),
                first.Histogram.CustomValues);
        layout.Write(bits);
        var encoding = first.IsWhole ? ChunkEncoding.Histogram : ChunkEncoding.FloatHistogram;
        if (first.IsWhole)
        {
            new WholeHistogramWriter(bits, positive, negative).Write(run);
        }
        else
        {
            new FloatHistogramWriter(bits, positive, negative).Write(run);
        }

        var bytes = bits.Written.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)run.Count);
        bytes[2] = (byte)Flags(first);
        return new EncodedChunk(encoding, bytes, run.Count, first.Time, run[^1].Time);
    }

    private static int Flags(Shape first) => first switch
    {
        { IsGauge: true } => GaugeFlag,
        { BeginsAfterReset: true } => ResetFlag,
        _ => first.Histogram.CounterResetHint switch
        {
            CounterResetHint.CounterReset => ResetFlag,
            CounterResetHint.NotCounterReset => NoResetFlag,
            _ => 0,
        },
    };

    /// <summary>A histogram and what has to be known of it to write it.</summary>
    internal sealed class Shape(long time, FloatHistogram histogram)
    {
        public long Time => time;

        public FloatHistogram Histogram => histogram;

        public bool IsStale { get; } = StaleMarker.Is(histogram.Sum);

        public bool IsGauge { get; } = histogram.CounterResetHint == CounterResetHint.Gauge;

        public bool BeginsAfterReset { get; set; }

        public int[] Positive { get; } = BucketIndexes.Of(histogram.PositiveSpans, histogram.PositiveBuckets.Length);

        public int[] Negative { get; } = BucketIndexes.Of(histogram.NegativeSpans, histogram.NegativeBuckets.Length);

        public bool IsWhole { get; } = StaleMarker.Is(histogram.Sum)
            || (Whole(histogram.Count)
                && Whole(histogram.ZeroCount)
                && Array.TrueForAll(histogram.PositiveBuckets, Whole)
                && Array.TrueForAll(histogram.NegativeBuckets, Whole));

        // Negative zero is not whole, for its sign would be lost.
        private static bool Whole(double count) =>
            count >= 0 && count < 1L << 53 && Math.Floor(count) == count && !double.IsNegative(count);
    }
}
