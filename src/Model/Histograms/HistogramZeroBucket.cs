namespace Tallygate.Model.Histograms;

/// <summary>Widens zero buckets.</summary>
internal static class HistogramZeroBucket
{
    /// <summary>
    /// The population of a zero bucket of the wider threshold. Where that falls into a populated bucket the threshold moves on to the
    /// bucket's end.
    /// </summary>
    public static (double Count, double Threshold) Widened(FloatHistogram h, double threshold)
    {
        if (threshold == h.ZeroThreshold)
        {
            return (h.ZeroCount, threshold);
        }

        var positive = h.EnumeratePositive().ToList();
        var negative = h.EnumerateNegative().ToList();
        while (true)
        {
            var count = h.ZeroCount;
            foreach (var bucket in positive.TakeWhile(b => b.Lower < threshold))
            {
                count += bucket.Count;
                if (bucket.Upper > threshold && bucket.Count != 0)
                {
                    threshold = bucket.Upper;
                    break;
                }
            }

            var before = threshold;
            foreach (var bucket in negative.TakeWhile(b => -b.Upper < threshold))
            {
                count += bucket.Count;
                if (-bucket.Lower > threshold && bucket.Count != 0)
                {
                    threshold = -bucket.Lower;
                    break;
                }
            }

            if (threshold == before)
            {
                return (count, threshold);
            }
        }
    }

    /// <summary>Widens both zero buckets to the same threshold; that of <paramref name="other"/> only in what is given back.</summary>
    public static double Reconcile(FloatHistogram h, FloatHistogram other)
    {
        var (otherCount, otherThreshold) = (other.ZeroCount, other.ZeroThreshold);
        while (otherThreshold != h.ZeroThreshold)
        {
            if (h.ZeroThreshold > otherThreshold)
            {
                (otherCount, otherThreshold) = Widened(other, h.ZeroThreshold);
            }
            else
            {
                (h.ZeroCount, h.ZeroThreshold) = Widened(h, otherThreshold);
                (h.PositiveSpans, h.PositiveBuckets) = Outside(h.PositiveSpans, h.PositiveBuckets, h.Schema, h.ZeroThreshold).WithoutEmpty().ToSpans();
                (h.NegativeSpans, h.NegativeBuckets) = Outside(h.NegativeSpans, h.NegativeBuckets, h.Schema, h.ZeroThreshold).WithoutEmpty().ToSpans();
            }
        }

        return otherCount;
    }

    /// <summary>
    /// The buckets of one side that reach beyond a zero bucket, which must end where one of them ends, then merged by
    /// <paramref name="coarserBy"/> levels. In this order nothing is counted twice.
    /// </summary>
    public static BucketLayout Outside(BucketSpan[] spans, double[] counts, int schema, double threshold, int coarserBy = 0)
    {
        var layout = BucketLayout.Of(spans, counts);
        if (threshold == 0)
        {
            return layout.Coarser(coarserBy);
        }

        var last = int.MinValue;
        foreach (var (index, _) in layout.Buckets)
        {
            if (HistogramBounds.Upper(index, schema, []) > threshold)
            {
                break;
            }

            last = index;
        }

        return layout.Above(last).Coarser(coarserBy);
    }
}
