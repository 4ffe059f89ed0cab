namespace Tallygate.Model.Histograms;

/// <summary>Adds and subtracts histograms of different shapes.</summary>
internal static class HistogramAddition
{
    public static bool TryCombine(FloatHistogram h, FloatHistogram other, double sign, out HistogramNotes notes)
    {
        notes = HistogramNotes.None;
        if (h.UsesCustomBuckets != other.UsesCustomBuckets)
        {
            return false;
        }

        var collision = AdjustHint(h, other);
        notes = collision ? HistogramNotes.CounterResetCollision : HistogramNotes.None;
        if (!h.UsesCustomBuckets)
        {
            // Reconciling changes the count that is added to: it has to come first.
            var zeroCount = HistogramZeroBucket.Reconcile(h, other);
            h.ZeroCount += sign * zeroCount;
        }

        h.Count += sign * other.Count;
        h.Sum += sign * other.Sum;
        if (h.UsesCustomBuckets)
        {
            notes |= CombineCustom(h, other, sign);
            return true;
        }

        if (other.Schema < h.Schema)
        {
            h.ReduceResolution(other.Schema);
        }

        var levels = other.Schema - h.Schema;
        (h.PositiveSpans, h.PositiveBuckets) = BucketLayout.Of(h.PositiveSpans, h.PositiveBuckets)
            .Plus(HistogramZeroBucket.Outside(other.PositiveSpans, other.PositiveBuckets, other.Schema, h.ZeroThreshold, levels), sign).ToSpans();
        (h.NegativeSpans, h.NegativeBuckets) = BucketLayout.Of(h.NegativeSpans, h.NegativeBuckets)
            .Plus(HistogramZeroBucket.Outside(other.NegativeSpans, other.NegativeBuckets, other.Schema, h.ZeroThreshold, levels), sign).ToSpans();
        return true;
    }

    /// <summary>The bounds that both have, ascending.</summary>
    public static double[] CommonBounds(double[] a, double[] b)
    {
        var common = new HashSet<double>(b);
        return Array.FindAll(a, common.Contains);
    }

    /// <summary>The buckets of custom bounds merged to fewer bounds.</summary>
    public static BucketLayout ToBounds(FloatHistogram h, double[] bounds) =>
        BucketLayout.Of(h.PositiveSpans, h.PositiveBuckets).Mapped(index => ToBound(index, h.CustomValues, bounds));

    /// <summary>The bucket among fewer <paramref name="bounds"/> that takes in the one of a number among <paramref name="from"/>.</summary>
    public static int ToBound(int index, double[] from, double[] bounds)
    {
        if (index >= from.Length)
        {
            return bounds.Length;
        }

        var at = Array.BinarySearch(bounds, from[index]);
        return at < 0 ? ~at : at;
    }

    /// <summary>The hint of a sum: a gauge if one is, unknown if one is or if they contradict each other, which is told.</summary>
    public static bool AdjustHint(FloatHistogram h, FloatHistogram other)
    {
        var (mine, theirs) = (h.CounterResetHint, other.CounterResetHint);
        if (mine == theirs || mine == CounterResetHint.Gauge)
        {
            return false;
        }

        if (theirs == CounterResetHint.Gauge)
        {
            h.CounterResetHint = CounterResetHint.Gauge;
            return false;
        }

        h.CounterResetHint = CounterResetHint.Unknown;
        return mine != CounterResetHint.Unknown && theirs != CounterResetHint.Unknown;
    }

    private static HistogramNotes CombineCustom(FloatHistogram h, FloatHistogram other, double sign)
    {
        if (h.CustomValues.AsSpan().SequenceEqual(other.CustomValues))
        {
            (h.PositiveSpans, h.PositiveBuckets) = BucketLayout.Of(h.PositiveSpans, h.PositiveBuckets)
                .Plus(BucketLayout.Of(other.PositiveSpans, other.PositiveBuckets), sign).ToSpans();
            return HistogramNotes.None;
        }

        var bounds = CommonBounds(h.CustomValues, other.CustomValues);
        (h.PositiveSpans, h.PositiveBuckets) = ToBounds(h, bounds).Plus(ToBounds(other, bounds), sign).WithoutEmpty().ToSpans();
        h.CustomValues = bounds;
        return HistogramNotes.BoundsReconciled;
    }
}
