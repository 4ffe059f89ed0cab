using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Tallygate.PromQL.Functions;

/// <summary>What computes each function. Those that need the store (<c>info</c>, <c>timestamp</c> of a selector) are the evaluator's.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, VectorFunction> Vectors = new Dictionary<string, VectorFunction>
    {
        ["abs"] = MathFunctions.Each(Math.Abs),
        ["absent"] = AbsentFunctions.Absent,
        ["acos"] = MathFunctions.Each(Math.Acos),
        ["acosh"] = MathFunctions.Each(Math.Acosh),
        ["asin"] = MathFunctions.Each(Math.Asin),
        ["asinh"] = MathFunctions.Each(Math.Asinh),
        ["atan"] = MathFunctions.Each(Math.Atan),
        ["atanh"] = MathFunctions.Each(Math.Atanh),
        ["ceil"] = MathFunctions.Each(Math.Ceiling),
        ["clamp"] = MathFunctions.Clamp,
        ["clamp_max"] = MathFunctions.ClampMax,
        ["clamp_min"] = MathFunctions.ClampMin,
        ["cos"] = MathFunctions.Each(Math.Cos),
        ["cosh"] = MathFunctions.Each(Math.Cosh),
        ["day_of_month"] = TimeFunctions.Part(TimeFunctions.DayOfMonth),
        ["day_of_week"] = TimeFunctions.Part(TimeFunctions.DayOfWeek),
        ["day_of_year"] = TimeFunctions.Part(TimeFunctions.DayOfYear),
        ["days_in_month"] = TimeFunctions.Part(TimeFunctions.DaysInMonth),
        ["deg"] = MathFunctions.Each(static value => value * 180 / Math.PI),
        ["exp"] = MathFunctions.Each(Math.Exp),
        ["floor"] = MathFunctions.Each(Math.Floor),
        ["histogram_avg"] = HistogramFunctions.Average,
        ["histogram_count"] = HistogramFunctions.Count,
        ["histogram_fraction"] = HistogramFunctions.Fraction,
        ["histogram_quantile"] = HistogramFunctions.Quantile,
        ["histogram_quantiles"] = HistogramFunctions.QuantilesOf,
        ["histogram_stddev"] = HistogramFunctions.StandardDeviation,
        ["histogram_stdvar"] = HistogramFunctions.Variance,
        ["histogram_sum"] = HistogramFunctions.Sum,
        ["hour"] = TimeFunctions.Part(TimeFunctions.Hour),
        ["label_join"] = LabelFunctions.Join,
        ["label_replace"] = LabelFunctions.Replace,
        ["ln"] = MathFunctions.Each(Math.Log),
        ["log10"] = MathFunctions.Each(Math.Log10),
        ["log2"] = MathFunctions.Each(Math.Log2),
        ["max_of"] = ConversionFunctions.MaxOf,
        ["min_of"] = ConversionFunctions.MinOf,
        ["minute"] = TimeFunctions.Part(TimeFunctions.Minute),
        ["month"] = TimeFunctions.Part(TimeFunctions.Month),
        ["pi"] = ConversionFunctions.Pi,
        ["rad"] = MathFunctions.Each(static value => value * Math.PI / 180),
        ["round"] = MathFunctions.Round,
        ["scalar"] = ConversionFunctions.ToScalar,
        ["sgn"] = MathFunctions.Each(MathFunctions.Sign),
        ["sin"] = MathFunctions.Each(Math.Sin),
        ["sinh"] = MathFunctions.Each(Math.Sinh),
        ["sort"] = SortFunctions.Ascending,
        ["sort_by_label"] = SortFunctions.ByLabelAscending,
        ["sort_by_label_desc"] = SortFunctions.ByLabelDescending,
        ["sort_desc"] = SortFunctions.Descending,
        ["sqrt"] = MathFunctions.Each(Math.Sqrt),
        ["start_timestamp"] = ConversionFunctions.StartTimestamp,
        ["tan"] = MathFunctions.Each(Math.Tan),
        ["tanh"] = MathFunctions.Each(Math.Tanh),
        ["time"] = ConversionFunctions.Time,
        ["timestamp"] = ConversionFunctions.Timestamp,
        ["vector"] = ConversionFunctions.ToVector,
        ["year"] = TimeFunctions.Part(TimeFunctions.Year),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, RangeFunction> Ranges = new Dictionary<string, RangeFunction>
    {
        ["absent_over_time"] = OverTimeFunctions.Present,
        ["avg_over_time"] = OverTimeFunctions.Average,
        ["changes"] = ChangeFunctions.Changes,
        ["count_over_time"] = OverTimeFunctions.Count,
        ["delta"] = RateFunctions.Delta,
        ["deriv"] = TrendFunctions.Derivative,
        ["double_exponential_smoothing"] = TrendFunctions.DoubleExponentialSmoothing,
        ["first_over_time"] = OverTimeFunctions.First,
        ["idelta"] = ChangeFunctions.InstantDelta,
        ["increase"] = RateFunctions.Increase,
        ["irate"] = ChangeFunctions.InstantRate,
        ["last_over_time"] = OverTimeFunctions.Last,
        ["mad_over_time"] = OverTimeFunctions.MedianAbsoluteDeviation,
        ["max_over_time"] = OverTimeFunctions.Max,
        ["min_over_time"] = OverTimeFunctions.Min,
        ["predict_linear"] = TrendFunctions.PredictLinear,
        ["present_over_time"] = OverTimeFunctions.Present,
        ["quantile_over_time"] = OverTimeFunctions.Quantile,
        ["rate"] = RateFunctions.Rate,
        ["resets"] = ChangeFunctions.Resets,
        ["stddev_over_time"] = OverTimeFunctions.StandardDeviation,
        ["stdvar_over_time"] = OverTimeFunctions.Variance,
        ["sum_over_time"] = OverTimeFunctions.Sum,
        ["ts_of_first_over_time"] = OverTimeFunctions.TimeOfFirst,
        ["ts_of_last_over_time"] = OverTimeFunctions.TimeOfLast,
        ["ts_of_max_over_time"] = OverTimeFunctions.TimeOfMax,
        ["ts_of_min_over_time"] = OverTimeFunctions.TimeOfMin,
    }.ToFrozenDictionary();

    /// <summary>Functions whose answer depends on the step's time even where their arguments do not.</summary>
    private static readonly FrozenSet<string> TimeDependent = new[]
    {
        "day_of_month", "day_of_week", "day_of_year", "days_in_month", "end", "hour", "minute", "month", "predict_linear", "range", "start",
        "step", "time", "timestamp", "year",
    }.ToFrozenSet();

    /// <summary>The functions that <c>anchored</c> allows, as its error message lists them.</summary>
    public static readonly string[] Anchored = ["changes", "delta", "increase", "rate", "resets"];

    /// <summary>The functions that <c>smoothed</c> allows.</summary>
    public static readonly string[] Smoothed = ["delta", "increase", "rate"];

    public static bool TryGetVector(string name, [NotNullWhen(true)] out VectorFunction? function) => Vectors.TryGetValue(name, out function);

    public static bool TryGetRange(string name, [NotNullWhen(true)] out RangeFunction? function) => Ranges.TryGetValue(name, out function);

    public static bool DependsOnTime(string name) => TimeDependent.Contains(name);
}
