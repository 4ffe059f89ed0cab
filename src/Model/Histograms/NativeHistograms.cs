namespace Tallygate.Model.Histograms;

/// <summary>The native part of an exposed histogram as the stores take it. Stateless.</summary>
public static class NativeHistograms
{
    /// <summary>Whether there is a native part: a resolution and at least one span, or something in the zero bucket.</summary>
    public static bool HasNative(Histogram histogram) =>
        histogram.Schema is not null
        && (histogram.PositiveSpans.Length > 0 || histogram.NegativeSpans.Length > 0 || histogram.ZeroThreshold > 0
            || histogram.ZeroCount > 0 || histogram.ZeroCountFloat > 0);

    /// <summary>Whether it is to be stored as classic series: it has buckets, or nothing native either.</summary>
    public static bool HasClassic(Histogram histogram) => histogram.Buckets.Length > 0 || !HasNative(histogram);

    /// <summary>The native part, with absolute counts.</summary>
    public static FloatHistogram ToFloat(Histogram histogram) => new()
    {
        Schema = histogram.Schema ?? 0,
        ZeroThreshold = histogram.ZeroThreshold ?? 0,
        ZeroCount = histogram.ZeroCountFloat ?? histogram.ZeroCount ?? 0,
        Count = histogram.SampleCountFloat ?? histogram.SampleCount ?? 0,
        Sum = histogram.SampleSum ?? 0,
        PositiveSpans = [.. histogram.PositiveSpans],
        NegativeSpans = [.. histogram.NegativeSpans],
        PositiveBuckets = Absolute(histogram.PositiveDeltas, histogram.PositiveCounts),
        NegativeBuckets = Absolute(histogram.NegativeDeltas, histogram.NegativeCounts),
    };

    private static double[] Absolute(long[] deltas, double[] counts)
    {
        if (counts.Length > 0)
        {
            return [.. counts];
        }

        var absolute = new double[deltas.Length];
        var count = 0L;
        for (var i = 0; i < deltas.Length; i++)
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
