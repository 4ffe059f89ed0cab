using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Evaluation;

/// <summary>What a subquery knows of counter resets: nothing, since it may leave samples out or repeat them.</summary>
internal static class HistogramHints
{
    /// <summary>The histogram without a hint that speaks of the sample before it.</summary>
    public static FloatHistogram Forget(FloatHistogram histogram)
    {
        return histogram.CounterResetHint is CounterResetHint.CounterReset or CounterResetHint.NotCounterReset
            ? histogram.WithHint(CounterResetHint.Unknown)
            : histogram;
    }
}
