using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tests.Tsdb;

/// <summary>What goes into histogram chunks comes out of them.</summary>
public sealed class HistogramChunkTests
{
    private static readonly Gen<List<(long Time, FloatHistogram Histogram)>> _runs =
        from seed in Gen.Int[0, 1_000_000]
        from count in Gen.Int[1, 300]
        select Make(new Random(seed), count);

    internal static List<(long Time, FloatHistogram Histogram)> Make(Random random, int count)
    {
        var samples = new List<(long, FloatHistogram)>();
        var time = random.NextInt64(-5_000_000_000, 2_000_000_000_000);
        FloatHistogram? before = null;
        for (var i = 0; i < count; i++)
        {
            time += random.Next(8) == 0 ? random.NextInt64(1, 1L << random.Next(1, 40)) : 15_000;
            var histogram = Next(random, before);
            samples.Add((time, histogram));
            before = StaleMarker.Is(histogram.Sum) ? null : histogram;
        }

        return samples;
    }

    private static FloatHistogram Next(Random random, FloatHistogram? before)
    {
        if (random.Next(40) == 0)
        {
            return new FloatHistogram { Sum = StaleMarker.Value };
        }

        if (before is null || random.Next(15) == 0)
        {
            before = Fresh(random);
        }

        var next = before.Copy();
        if (random.Next(10) == 0)
        {
            next.PositiveSpans = [.. next.PositiveSpans, new BucketSpan(random.Next(1, 5), 1)];
            next.PositiveBuckets = [.. next.PositiveBuckets, 0];
        }

        var whole = random.Next(20) != 0;
        for (var i = 0; i < next.PositiveBuckets.Length; i++)
        {
            next.PositiveBuckets[i] += random.Next(4) == 0 ? whole ? random.Next(1, 100) : random.NextDouble() : 0;
        }

        if (next.NegativeBuckets.Length > 0)
        {
            next.NegativeBuckets[^1] += random.Next(3);
        }

        next.ZeroCount += random.Next(2);
        next.Count = next.ZeroCount + next.PositiveBuckets.Sum() + next.NegativeBuckets.Sum();
        next.Sum += random.NextDouble() * 100;
        return next;
    }

    private static FloatHistogram Fresh(Random random)
    {
        var custom = random.Next(4) == 0;
        double[] thresholds = [0, 1e-128, Math.ScaleB(1, -128), 0.5, 1024, double.Epsilon, Math.ScaleB(1, -243), Math.ScaleB(1, -242), 3];
        return new FloatHistogram
        {
            Schema = custom ? FloatHistogram.CustomBucketsSchema : random.Next(-4, 9),
            ZeroThreshold = custom ? 0 : thresholds[random.Next(thresholds.Length)],
            CounterResetHint = random.Next(6) == 0 ? CounterResetHint.Gauge : CounterResetHint.Unknown,
            PositiveSpans = [new BucketSpan(custom ? 0 : random.Next(-20, 20), 3), new BucketSpan(2, 1)],
            PositiveBuckets = [random.Next(10), random.Next(3), 0, random.Next(1000)],
            NegativeSpans = custom || random.Next(2) == 0 ? [] : [new BucketSpan(-3, 2)],
            NegativeBuckets = [],
            CustomValues = custom ? [-1.5, 0, 0.005, 0.1, 1, 33554.43, 33554.431, 1e9, Math.PI * 1e9] : [],
        } is var fresh && fresh.NegativeSpans.Length > 0 ? Set(fresh, h => h.NegativeBuckets = [1, 0]) : fresh;
    }

    private static FloatHistogram Set(FloatHistogram histogram, Action<FloatHistogram> change)
    {
        change(histogram);
        return histogram;
    }

    /// <summary>Equal but for empty buckets that a chunk may add, and for the hint.</summary>
    internal static void AssertSame(FloatHistogram expected, FloatHistogram actual)
    {
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected.Sum), BitConverter.DoubleToInt64Bits(actual.Sum));
        if (StaleMarker.Is(expected.Sum))
        {
            return;
        }

        Assert.Equal(expected.Schema, actual.Schema);
        Assert.Equal(expected.ZeroThreshold, actual.ZeroThreshold);
        Assert.Equal(expected.ZeroCount, actual.ZeroCount);
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.CustomValues, actual.CustomValues);
        Assert.Equal(Filled(expected.PositiveSpans, expected.PositiveBuckets), Filled(actual.PositiveSpans, actual.PositiveBuckets));
        Assert.Equal(Filled(expected.NegativeSpans, expected.NegativeBuckets), Filled(actual.NegativeSpans, actual.NegativeBuckets));
        Assert.Equal(expected.CounterResetHint == CounterResetHint.Gauge, actual.CounterResetHint == CounterResetHint.Gauge);
    }

    private static List<(int, double)> Filled(BucketSpan[] spans, double[] counts) =>
        [.. BucketIndexes.Of(spans, counts.Length).Zip(counts).Where(b => b.Second != 0)];

    [Fact]
    public void Histograms_come_out_as_they_went_in() => _runs.Sample(
        samples =>
        {
            var chunks = HistogramEncoder.Encode(samples);
            var read = new List<(long Time, FloatHistogram Histogram)>();
            foreach (var chunk in chunks)
            {
                // Not at the front of its array, as in a window of a file.
                var array = new byte[chunk.Data.Length + 7];
                chunk.Data.CopyTo(array.AsMemory(3));
                var decoder = new HistogramDecoder(array, 3, chunk.Data.Length, chunk.Count, chunk.Encoding);
                var from = read.Count;
                while (decoder.MoveNext())
                {
                    read.Add((decoder.Time, decoder.Current()));
                }

                Assert.Equal(chunk.Count, read.Count - from);
                Assert.Equal((chunk.MinTime, chunk.MaxTime), (read[from].Time, read[^1].Time));
            }

            Assert.Equal(samples.Select(s => s.Time), read.Select(s => s.Time));
            foreach (var (expected, actual) in samples.Zip(read))
            {
                AssertSame(expected.Histogram, actual.Histogram);
            }
        },
        iter: 300);

    [Fact]
    public void No_reset_hides_inside_a_chunk() => _runs.Sample(
        samples =>
        {
            var at = 0;
            foreach (var chunk in HistogramEncoder.Encode(samples))
            {
                for (var i = 1; i < chunk.Count; i++)
                {
                    var (before, next) = (samples[at + i - 1].Histogram, samples[at + i].Histogram);
                    if (before.CounterResetHint != CounterResetHint.Gauge && !StaleMarker.Is(next.Sum))
                    {
                        Assert.False(next.Count < before.Count);
                    }
                }

                at += chunk.Count;
            }
        },
        iter: 100);

    [Fact]
    public void Whole_counts_are_written_as_integers_and_cost_little()
    {
        var histogram = new FloatHistogram
        {
            Schema = 3,
            PositiveSpans = [new BucketSpan(0, 20)],
            PositiveBuckets = new double[20],
        };
        var samples = new List<(long, FloatHistogram)>();
        for (var i = 0; i < 120; i++)
        {
            histogram = histogram.Copy();
            histogram.PositiveBuckets[i % 20]++;
            histogram.Count++;
            histogram.Sum += 1;
            samples.Add((i * 15_000, histogram));
        }

        var chunk = Assert.Single(HistogramEncoder.Encode(samples));
        Assert.Equal(ChunkEncoding.Histogram, chunk.Encoding);
        Assert.InRange(chunk.Data.Length, 100, 120 * 20);
    }

    [Fact]
    public void A_cut_off_chunk_is_told()
    {
        var chunk = HistogramEncoder.Encode(Make(new Random(3), 20))[0];
        for (var length = HistogramLayout.HeaderLength; length < chunk.Data.Length - 1; length++)
        {
            var decoder = new HistogramDecoder(chunk.Data[..length].ToArray(), 0, length, chunk.Count, chunk.Encoding);
            Assert.Throws<InvalidDataException>(() =>
            {
                while (decoder.MoveNext())
                {
                }
            });
        }
    }
}
