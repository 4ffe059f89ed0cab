using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>A native histogram as the text by which <c>count_values</c> tells it from others.</summary>
internal static class HistogramText
{
    public static string Of(FloatHistogram histogram) =>
        throw QueryException.Execution("count_values over native histograms is not supported yet");
}
