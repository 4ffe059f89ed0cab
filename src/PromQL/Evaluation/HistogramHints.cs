using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Evaluation;

/// <summary>What a subquery knows of counter resets: nothing, since it may leave samples out or repeat them.</summary>
internal static class HistogramHints
{
    /// <summary>The histogram without a hint that speaks of the sample before it.</summary>
    public static FloatHistogram Forget(FloatHistogram histogram)
    {
        if (histogram.CounterResetHint is not (CounterResetHint.CounterReset or CounterResetHint.NotCounterReset))
        {
            return histogram;
        }

        return new FloatHistogram
        {
            CounterResetHint = CounterResetHint.Unknown,
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
}
