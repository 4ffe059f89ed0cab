using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Evaluation;

/// <summary>What is known of counter resets where samples are not read as they are stored.</summary>
internal static class HistogramHints
{
    /// <summary>
    /// The histogram without a hint that speaks of the sample before it: a subquery may leave samples out or repeat them.
    /// </summary>
    public static FloatHistogram Forget(FloatHistogram histogram)
    {
        return histogram.CounterResetHint is CounterResetHint.CounterReset or CounterResetHint.NotCounterReset
            ? histogram.WithHint(CounterResetHint.Unknown)
            : histogram;
    }

    /// <summary>
    /// Count and sum alone. What the buckets would have told of resets is in the hint, if the sample <paramref name="before"/> is known.
    /// </summary>
    public static FloatHistogram WithoutBuckets(FloatHistogram histogram, FloatHistogram? before)
    {
        var hint = histogram.CounterResetHint;
        if (hint == CounterResetHint.Unknown && before is not null)
        {
            hint = histogram.DetectReset(before) ? CounterResetHint.CounterReset : CounterResetHint.NotCounterReset;
        }

        return new FloatHistogram { CounterResetHint = hint, Schema = histogram.Schema, Count = histogram.Count, Sum = histogram.Sum };
    }
}
