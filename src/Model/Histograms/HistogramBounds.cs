namespace Tallygate.Model.Histograms;

/// <summary>Where buckets begin and end.</summary>
internal static class HistogramBounds
{
    /// <summary>The upper bound of a positive bucket; of a negative one the lower bound is its opposite.</summary>
    public static double Upper(int index, int schema, double[] custom)
    {
        if (schema == FloatHistogram.CustomBucketsSchema)
        {
            return index < 0 ? double.NegativeInfinity : index < custom.Length ? custom[index] : double.PositiveInfinity;
        }

        // 2^1024 does not fit: the last bucket of finite numbers ends at the largest of them, the one behind it holds infinity.
        if (schema < 0)
        {
            var exponent = (long)index << -schema;
            return exponent == 1024 ? double.MaxValue : Math.ScaleB(1, (int)Math.Clamp(exponent, -2000, 2000));
        }

        var whole = index >> schema;
        var part = index & ((1 << schema) - 1);
        return whole == 1024 && part == 0 ? double.MaxValue : Math.ScaleB(Math.Pow(2, (double)part / (1 << schema)), whole);
    }

    public static IEnumerable<HistogramBucket> Enumerate(FloatHistogram h, bool positive)
    {
        var spans = positive ? h.PositiveSpans : h.NegativeSpans;
        var counts = positive ? h.PositiveBuckets : h.NegativeBuckets;
        foreach (var (index, count) in BucketLayout.Of(spans, counts).Buckets)
        {
            var outer = Upper(index, h.Schema, h.CustomValues);
            var inner = Upper(index - 1, h.Schema, h.CustomValues);
            var (lower, upper) = positive ? (inner, outer) : (-outer, -inner);
            yield return h.UsesCustomBuckets
                ? new HistogramBucket(lower, upper, LowerInclusive: index == 0, UpperInclusive: true, count, index)
                : new HistogramBucket(lower, upper, LowerInclusive: lower < 0, UpperInclusive: upper > 0, count, index);
        }
    }
}
