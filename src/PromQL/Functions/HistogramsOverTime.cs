using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Sum and mean of windows of native histograms.</summary>
internal static class HistogramsOverTime
{
    public static double Sum(in Window window, RangeCall call) => throw NotSupported("sum_over_time");

    public static double Average(in Window window, RangeCall call) => throw NotSupported("avg_over_time");

    private static QueryException NotSupported(string function) =>
        QueryException.Execution($"{function} over native histograms is not supported yet");
}
