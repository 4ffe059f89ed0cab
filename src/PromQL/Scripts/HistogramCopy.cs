using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Scripts;

/// <summary>Copies a histogram for a store, which takes over what it is given.</summary>
internal static class HistogramCopy
{
    public static FloatHistogram Of(FloatHistogram histogram) => new()
    {
        CounterResetHint = histogram.CounterResetHint,
        Schema = histogram.Schema,
        ZeroThreshold = histogram.ZeroThreshold,
        ZeroCount = histogram.ZeroCount,
        Count = histogram.Count,
        Sum = histogram.Sum,
        PositiveSpans = histogram.PositiveSpans,
        NegativeSpans = histogram.NegativeSpans,
        PositiveBuckets = histogram.PositiveBuckets,
        NegativeBuckets = histogram.NegativeBuckets,
        CustomValues = histogram.CustomValues,
    };
}
