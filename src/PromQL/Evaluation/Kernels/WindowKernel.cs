using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// A function over windows of floats, for all steps of a series in one go. It gives the very bits that the <see cref="RangeFunction"/> of
/// the same name gives window by window. Used for one series after the other; not thread-safe.
/// </summary>
internal abstract class WindowKernel
{
    /// <summary>Gets ready for a series.</summary>
    public virtual void Begin(in WindowSweep sweep)
    {
    }

    /// <summary>
    /// Writes the results of the steps from <paramref name="first"/> up to, not including, <paramref name="end"/>. Blocks of steps come in
    /// order. Results hold the stale marker already, which stays where there is no result.
    /// </summary>
    public abstract void Run(in WindowSweep sweep, int first, int end, Span<double> results);

    /// <summary>What calculates the function; null where only the generic way does.</summary>
    public static WindowKernel? For(string function, double rangeSeconds) => function switch
    {
        "sum_over_time" => new SumKernel(),
        "avg_over_time" => new AverageKernel(),
        "count_over_time" => new CountKernel(),
        "present_over_time" or "absent_over_time" => new PresenceKernel(),
        "min_over_time" or "max_over_time" => new ExtremeKernel(isMax: function[1] == 'a', givesTime: false),
        "ts_of_min_over_time" or "ts_of_max_over_time" => new ExtremeKernel(isMax: function[7] == 'a', givesTime: true),
        "first_over_time" or "last_over_time" => new EdgeKernel(isLast: function[0] == 'l', givesTime: false),
        "ts_of_first_over_time" or "ts_of_last_over_time" => new EdgeKernel(isLast: function[6] == 'l', givesTime: true),
        "rate" or "increase" or "delta" => new RateKernel(isCounter: function[0] != 'd', function[0] == 'r' ? rangeSeconds : 0),
        "irate" or "idelta" => new LastTwoKernel(isRate: function[1] == 'r'),
        "changes" or "resets" => new ChangeKernel(onlyDown: function[0] == 'r'),
        "quantile_over_time" => new QuantileKernel(),
        "stddev_over_time" or "stdvar_over_time" => new VarianceKernel(takesRoot: function[3] == 'd'),
        "deriv" or "predict_linear" => new RegressionKernel(predicts: function[0] == 'p'),
        _ => null,
    };
}
