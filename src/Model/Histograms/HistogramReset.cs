namespace Tallygate.Model.Histograms;

/// <summary>Finds counter resets between two histograms.</summary>
internal static class HistogramReset
{
    public static bool Detect(FloatHistogram h, FloatHistogram previous)
    {
        // Gauges are examined as counters are: the user has asked for it.
        switch (h.CounterResetHint)
        {
            case CounterResetHint.CounterReset:
                return true;
            case CounterResetHint.NotCounterReset:
                return false;
        }

        if (h.Count < previous.Count)
        {
            return true;
        }

        if (h.UsesCustomBuckets)
        {
            if (!previous.UsesCustomBuckets)
            {
                return true;
            }

            if (!h.CustomValues.AsSpan().SequenceEqual(previous.CustomValues))
            {
                var bounds = HistogramAddition.CommonBounds(h.CustomValues, previous.CustomValues);
                return AnyFell(HistogramAddition.ToBounds(h, bounds), HistogramAddition.ToBounds(previous, bounds));
            }
        }

        if (h.Schema > previous.Schema || h.ZeroThreshold < previous.ZeroThreshold)
        {
            return true;
        }

        var (zeroCount, threshold) = HistogramZeroBucket.Widened(previous, h.ZeroThreshold);
        if (threshold != h.ZeroThreshold || h.ZeroCount < zeroCount)
        {
            return true;
        }

        var levels = h.UsesCustomBuckets ? 0 : previous.Schema - h.Schema;
        return AnyFell(
                HistogramZeroBucket.Outside(h.PositiveSpans, h.PositiveBuckets, h.Schema, h.ZeroThreshold),
                HistogramZeroBucket.Outside(previous.PositiveSpans, previous.PositiveBuckets, previous.Schema, h.ZeroThreshold, levels))
            || AnyFell(
                HistogramZeroBucket.Outside(h.NegativeSpans, h.NegativeBuckets, h.Schema, h.ZeroThreshold),
                HistogramZeroBucket.Outside(previous.NegativeSpans, previous.NegativeBuckets, previous.Schema, h.ZeroThreshold, levels));
    }

    public static CounterResetHint HintBehind(FloatHistogram h, FloatHistogram? previous)
    {
        if (h.CounterResetHint == CounterResetHint.Gauge)
        {
            return CounterResetHint.Gauge;
        }

        var isContinued = previous is not null
            && h.CounterResetHint != CounterResetHint.CounterReset
            && previous.CounterResetHint != CounterResetHint.Gauge
            && !StaleMarker.Is(previous.Sum)
            && h.Schema == previous.Schema
            && h.ZeroThreshold == previous.ZeroThreshold
            && h.CustomValues.AsSpan().SequenceEqual(previous.CustomValues)
            && !Detect(h.CounterResetHint == CounterResetHint.Unknown ? h : h.WithHint(CounterResetHint.Unknown), previous);
        return isContinued ? CounterResetHint.NotCounterReset : CounterResetHint.Unknown;
    }

    private static bool AnyFell(BucketLayout now, BucketLayout before)
    {
        var i = 0;
        foreach (var (index, count) in before.Buckets)
        {
            while (i < now.Buckets.Count && now.Buckets[i].Index < index)
            {
                i++;
            }

            var there = i < now.Buckets.Count && now.Buckets[i].Index == index;
            if (there ? now.Buckets[i].Count < count : count != 0)
            {
                return true;
            }
        }

        return false;
    }
}
