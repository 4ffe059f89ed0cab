using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>How one native histogram stands to the one before it.</summary>
internal static class HistogramRelations
{
    public static bool Differ(FloatHistogram before, FloatHistogram after) => throw NotSupported("changes");

    public static bool IsReset(FloatHistogram before, FloatHistogram after) => throw NotSupported("resets");

    public static double LastTwo(in Window window, RangeCall call, bool isRate) => throw NotSupported(call.Call.Function.Name);

    private static QueryException NotSupported(string function) =>
        QueryException.Execution($"{function} over native histograms is not supported yet");
}
