using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tests.Model.Histograms;

/// <summary>Arithmetic of native histograms against a reckoning by the bounds of buckets.</summary>
public sealed class HistogramPropertyTests
{
    private static readonly Gen<double[]> Counts = Gen.Int[0, 1000].Select(i => i / 8.0).Array[0, 8];

    private static readonly Gen<FloatHistogram> Exponential = OfSchema(Gen.Int[-2, 4]);

    // A zero bucket may end inside a bucket of a coarser histogram: then it is the order that settles how far it is widened.
    private static readonly Gen<FloatHistogram[]> InAnyOrder = Gen.OneOf(
        Gen.Int[-2, 4].SelectMany(schema => OfSchema(Gen.Const(schema)).Array[3]), Exponential.Select(WithoutZeroBucket).Array[3]);

    private static readonly Gen<FloatHistogram> Custom = Gen.Int[1, 9].Array[0, 6].SelectMany(steps =>
    {
        var bounds = steps.Aggregate(new List<double> { 0 }, (all, step) => [.. all, all[^1] + step]).Skip(1).ToArray();
        return Gen.Int[0, 1000].Select(i => i / 8.0).Array[bounds.Length + 1].Select(counts => new FloatHistogram
        {
            Schema = FloatHistogram.CustomBucketsSchema,
            Count = counts.Sum(),
            Sum = counts.Sum() * 3,
            CustomValues = bounds,
            PositiveSpans = [new BucketSpan(0, (uint)counts.Length)],
            PositiveBuckets = counts,
        });
    });

    [Fact]
    public void Addition_does_not_depend_on_the_order() => Gen.OneOf(InAnyOrder, Custom.Array[3]).Sample(
        h => AreAlike(Sum(Sum(h[0], h[1]), h[2]), Sum(h[0], Sum(h[1], h[2]))) && AreAlike(Sum(h[0], h[1]), Sum(h[1], h[0])), iter: 2000);

    [Fact]
    public void What_was_added_can_be_taken_away() => Exponential.Array[2].Sample(h =>
    {
        var sum = Sum(h[0], h[1]);
        var back = sum.Copy();
        Assert.True(back.TrySubtract(h[1], out _));

        // Resolution does not come back, so it is taken from the first one too.
        var first = h[0].Copy();
        Assert.True(first.TryAdd(Empty(h[1]), out _));
        return back.Count == first.Count && back.Sum == first.Sum
            && AreAlike(Sum(back, h[1]), sum);
    }, iter: 2000);

    [Fact]
    public void Resolution_may_be_reduced_before_or_after_an_addition() =>
        Gen.Select(Exponential.Select(WithoutZeroBucket), Exponential.Select(WithoutZeroBucket), Gen.Int[0, 3]).Sample((a, b, levels) =>
        {
            var schema = Math.Max(-4, Math.Min(a.Schema, b.Schema) - levels);
            var after = Sum(a, b);
            after.ReduceResolution(schema);
            var (first, second) = (a.Copy(), b.Copy());
            first.ReduceResolution(schema);
            second.ReduceResolution(schema);
            return AreAlike(after, Sum(first, second));
        }, iter: 2000);

    [Fact]
    public void A_sum_holds_all_observations() => Gen.OneOf(Exponential.Array[2], Custom.Array[2]).Sample(h =>
    {
        var sum = Sum(h[0], h[1]);
        var inBuckets = sum.ZeroCount + sum.PositiveBuckets.Sum() + sum.NegativeBuckets.Sum();
        return sum.Count == h[0].Count + h[1].Count && inBuckets == sum.Count && sum.Validate() is null;
    }, iter: 2000);

    [Fact]
    public void Compensated_sums_are_sums() => Gen.OneOf(Exponential.Array[1, 6], Custom.Array[1, 6]).Sample(h =>
    {
        var plain = h[0].Copy();
        var compensated = new HistogramSum(h[0]);
        foreach (var other in h[1..])
        {
            Assert.True(plain.TryAdd(other, out var notes));
            Assert.True(compensated.TryAdd(other, out var others));
            Assert.Equal(notes, others);
        }

        return AreAlike(plain, compensated.Total());
    }, iter: 2000);

    [Fact]
    public void A_sum_does_not_lose_what_is_small()
    {
        var large = new FloatHistogram { Count = 1e100, Sum = 1e100, PositiveSpans = [new BucketSpan(0, 1)], PositiveBuckets = [1e100] };
        var small = new FloatHistogram { Count = 1, Sum = 1, PositiveSpans = [new BucketSpan(0, 1)], PositiveBuckets = [1] };
        var sum = new HistogramSum(small);
        var minus = large.Copy();
        minus.Multiply(-1);
        Assert.True(sum.TryAdd(large, out _) && sum.TryAdd(minus, out _));
        Assert.Equal((1, 1, 1), (sum.Total().Count, sum.Total().Sum, sum.Total().PositiveBuckets.Sum()));
    }

    [Fact]
    public void A_counter_that_only_grows_has_no_reset() => Gen.OneOf(Exponential.Array[2], Custom.Array[2]).Sample(h =>
    {
        var later = Sum(h[0], h[1]);
        later.CounterResetHint = CounterResetHint.Unknown;
        var isSame = later.Schema == h[0].Schema && later.ZeroThreshold == h[0].ZeroThreshold
            && later.CustomValues.AsSpan().SequenceEqual(h[0].CustomValues);
        return !later.DetectReset(h[0])
            && later.HintBehind(h[0]) == (isSame ? CounterResetHint.NotCounterReset : CounterResetHint.Unknown);
    }, iter: 2000);

    [Fact]
    public void Trimming_both_ways_leaves_all() => Gen.Select(Gen.OneOf(Exponential, Custom), Gen.Double[-40, 40]).Sample((h, bound) =>
    {
        var (below, above) = (h.Copy(), h.Copy());
        below.TrimAbove(bound);
        above.TrimBelow(bound);
        var kept = below.Count + above.Count;
        return below.Count <= h.Count + 1e-9 && above.Count <= h.Count + 1e-9
            && (h.UsesCustomBuckets ? kept <= h.Count + 1e-9 : Math.Abs(kept - h.Count) < 1e-9);
    }, iter: 2000);

    private static Gen<FloatHistogram> OfSchema(Gen<int> schemas) =>
        Gen.Select(schemas, Gen.Int[-6, 6], Counts, Gen.Int[-6, 6], Counts, Gen.Int[0, 3], Gen.Int[0, 100]).Select(
            (schema, offset, positive, negativeOffset, negative, threshold, zeros) => new FloatHistogram
            {
                Schema = schema,
                // Up to where the lowest bucket begins, or less.
                ZeroThreshold = threshold == 0 ? 0 : Math.Pow(2, Math.Pow(2, -schema) * (Math.Min(offset, negativeOffset) - threshold)),
                ZeroCount = zeros,
                Count = positive.Sum() + negative.Sum() + zeros,
                Sum = positive.Sum() - negative.Sum(),
                PositiveSpans = positive.Length == 0 ? [] : [new BucketSpan(offset, (uint)positive.Length)],
                PositiveBuckets = positive,
                NegativeSpans = negative.Length == 0 ? [] : [new BucketSpan(negativeOffset, (uint)negative.Length)],
                NegativeBuckets = negative,
            });

    private static FloatHistogram Sum(FloatHistogram a, FloatHistogram b)
    {
        var sum = a.Copy();
        Assert.True(sum.TryAdd(b, out _));
        return sum;
    }

    private static FloatHistogram Empty(FloatHistogram like) => new() { Schema = like.Schema, ZeroThreshold = like.ZeroThreshold };

    private static FloatHistogram WithoutZeroBucket(FloatHistogram h)
    {
        var copy = h.Copy();
        (copy.ZeroThreshold, copy.ZeroCount, copy.Count) = (0, 0, h.Count - h.ZeroCount);
        return copy;
    }

    private static bool AreAlike(FloatHistogram a, FloatHistogram b) =>
        a.Schema == b.Schema
        && a.ZeroThreshold == b.ZeroThreshold
        && a.CustomValues.AsSpan().SequenceEqual(b.CustomValues)
        && AreClose(a.Count, b.Count) && AreClose(a.Sum, b.Sum) && AreClose(a.ZeroCount, b.ZeroCount)
        && AreAlike(a.EnumeratePositive(), b.EnumeratePositive()) && AreAlike(a.EnumerateNegative(), b.EnumerateNegative());

    private static bool AreAlike(IEnumerable<HistogramBucket> a, IEnumerable<HistogramBucket> b)
    {
        var (x, y) = (a.Where(bucket => bucket.Count != 0).ToList(), b.Where(bucket => bucket.Count != 0).ToList());
        return x.Count == y.Count && x.Zip(y).All(pair => pair.First.Index == pair.Second.Index && AreClose(pair.First.Count, pair.Second.Count));
    }

    private static bool AreClose(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a));
}
