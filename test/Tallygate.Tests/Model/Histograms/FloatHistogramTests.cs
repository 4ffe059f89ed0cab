using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tests.Model.Histograms;

public sealed class FloatHistogramTests
{
    private static readonly Gen<FloatHistogram> Exponential = Gen.Select(
        Gen.Int[-4, 8], Gen.Int[-20, 20], Gen.Int[0, 5].List[0, 12], Gen.Int[-20, 20], Gen.Int[0, 5].List[0, 12], Gen.Int[0, 3])
        .Select((schema, offset, positive, negativeOffset, negative, zero) => new FloatHistogram
        {
            Schema = schema,
            ZeroCount = zero,
            ZeroThreshold = zero == 0 ? 0 : HistogramBounds.Upper(Math.Min(offset, negativeOffset) - zero, schema, []),
            Count = positive.Sum() + negative.Sum() + zero,
            Sum = positive.Sum() - negative.Sum(),
            PositiveSpans = positive.Count == 0 ? [] : [new BucketSpan(offset, (uint)positive.Count)],
            PositiveBuckets = [.. positive.Select(c => (double)c)],
            NegativeSpans = negative.Count == 0 ? [] : [new BucketSpan(negativeOffset, (uint)negative.Count)],
            NegativeBuckets = [.. negative.Select(c => (double)c)],
        });

    [Fact]
    public void A_sum_holds_all_observations_and_minus_gives_them_back() => Gen.Select(Exponential, Exponential).Sample((a, b) =>
    {
        var sum = a.Copy();
        Assert.True(sum.TryAdd(b, out _));
        Assert.Null(sum.Validate());
        Assert.Equal(a.Count + b.Count, Population(sum));
        Assert.Equal(Math.Min(a.Schema, b.Schema), sum.Schema);
        Assert.False(sum.DetectReset(a));
        var difference = sum.Copy();
        Assert.True(difference.TrySubtract(sum, out _));
        difference.Compact();
        Assert.Empty(difference.PositiveBuckets);
        Assert.Equal(0, difference.Count);
    });

    [Fact]
    public void A_sum_does_not_depend_on_the_order() => Gen.Select(Exponential, Exponential).Sample((a, b) =>
    {
        var ab = a.Copy();
        var ba = b.Copy();
        ab.TryAdd(b, out _);
        ba.TryAdd(a, out _);
        Assert.Equal(ab.ToNotation(), ba.ToNotation());
        Assert.Equal(ab.ToString(), ba.ToString());
    });

    [Fact]
    public void Coarser_buckets_hold_what_finer_ones_did() => Gen.Select(Exponential, Gen.Int[0, 6]).Sample((h, levels) =>
    {
        var schema = Math.Max(-4, h.Schema - levels);
        var coarse = h.Copy();
        coarse.ReduceResolution(schema);
        var bounds = coarse.EnumeratePositive().ToDictionary(b => b.Index, b => b);
        foreach (var group in h.EnumeratePositive().GroupBy(b => bounds.Values.Single(c => c.Lower <= b.Lower && b.Upper <= c.Upper).Index))
        {
            Assert.Equal(group.Sum(b => b.Count), bounds[group.Key].Count);
        }
    });

    [Fact]
    public void Compact_changes_the_shape_only() => Gen.Select(Exponential, Gen.Int[0, 4]).Sample((h, gap) =>
    {
        var compact = h.Copy();
        compact.Compact(gap);
        Assert.Null(compact.Validate());
        Assert.Equal(h.ToString(), compact.ToString());
    });

    [Fact]
    public void A_fallen_bucket_is_a_reset() => Exponential.Sample(h =>
    {
        var before = h.Copy();
        var at = Array.FindIndex(h.PositiveBuckets, c => c > 0);
        if (at >= 0)
        {
            before.PositiveBuckets[at]++;
            before.ZeroCount = Math.Max(0, before.ZeroCount - 1);
            Assert.Equal(h.EnumeratePositive().ElementAt(at).Upper > h.ZeroThreshold, h.DetectReset(before));
        }

        Assert.False(h.DetectReset(h));
    });

    [Fact]
    public void Custom_bounds_are_reconciled_to_the_common_ones()
    {
        var a = new FloatHistogram { Schema = -53, CustomValues = [1, 2, 3], PositiveSpans = [new(0, 4)], PositiveBuckets = [1, 2, 4, 8], Count = 15 };
        var b = new FloatHistogram { Schema = -53, CustomValues = [1, 3, 5], PositiveSpans = [new(1, 3)], PositiveBuckets = [16, 32, 64], Count = 112 };

        Assert.True(a.TryAdd(b, out var notes));
        Assert.Equal(HistogramNotes.BoundsReconciled, notes);
        Assert.Equal("{{schema:-53 count:127 custom_values:[1 3] buckets:[1 22 104]}}", a.ToNotation());
        Assert.Equal("{count:127, sum:0, [-Inf,1]:1, (1,3]:22, (3,+Inf]:104}", a.ToString());
        Assert.False(a.TryAdd(new FloatHistogram(), out _));
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 1024, double.MaxValue)]
    [InlineData(0, 1025, double.PositiveInfinity)]
    [InlineData(2, 1, 1.189207115002721)]
    [InlineData(-1, 2, 16)]
    [InlineData(-4, 64, double.MaxValue)]
    [InlineData(8, -256, 0.5)]
    public void Bounds(int schema, int index, double upper)
    {
        var h = new FloatHistogram { Schema = schema, PositiveSpans = [new(index, 1)], PositiveBuckets = [1] };
        Assert.Equal(upper, h.EnumeratePositive().Single().Upper);
    }

    [Fact]
    public void Validation_speaks_as_upstream()
    {
        Assert.Equal(
            "positive side: spans need 2 buckets, have 1 buckets: histogram spans specify different number of buckets than provided",
            new FloatHistogram { PositiveSpans = [new(0, 2)], PositiveBuckets = [1] }.Validate());
        Assert.Equal(
            "custom buckets: only 1 custom bounds defined which is insufficient to cover total span length of 3: histogram custom bounds are too few",
            new FloatHistogram { Schema = -53, CustomValues = [1], PositiveSpans = [new(0, 3)], PositiveBuckets = [1, 2, 3] }.Validate());
        Assert.Equal(
            "positive side: bucket number 2 has observation count of -1: histogram has a bucket whose observation count is negative",
            new FloatHistogram { PositiveSpans = [new(0, 2)], PositiveBuckets = [1, -1] }.Validate());
    }

    [Fact]
    public void Hints_of_a_sum()
    {
        var a = new FloatHistogram { CounterResetHint = CounterResetHint.CounterReset };
        a.TryAdd(new FloatHistogram { CounterResetHint = CounterResetHint.NotCounterReset }, out var notes);
        Assert.Equal((HistogramNotes.CounterResetCollision, CounterResetHint.Unknown), (notes, a.CounterResetHint));
        a.TryAdd(new FloatHistogram { CounterResetHint = CounterResetHint.Gauge }, out notes);
        Assert.Equal((HistogramNotes.None, CounterResetHint.Gauge), (notes, a.CounterResetHint));
    }

    private static double Population(FloatHistogram h) => h.ZeroCount + h.PositiveBuckets.Sum() + h.NegativeBuckets.Sum();
}
