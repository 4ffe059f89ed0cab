using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>What is read off one native histogram.</summary>
internal static class NativeHistograms
{
    /// <summary>Applies the function to each histogram and takes the names off; floats are left out.</summary>
    public static List<Row> Map(VectorCall call, Func<FloatHistogram, double> function)
    {
        var results = new List<Row>();
        foreach (var row in call.Vector(0))
        {
            if (row.Histograms is null)
            {
                continue;
            }

            var result = Row.Blank(row.Labels, call.Steps);
            for (var step = 0; step < call.Steps; step++)
            {
                if (row.HistogramAt(step) is { } histogram)
                {
                    result.Values[step] = function(histogram);
                }
            }

            call.DropName(result);
            results.Add(result);
        }

        return results;
    }

    public static double Variance(FloatHistogram histogram) => throw NotSupported("histogram_stdvar");

    public static double Quantile(VectorCall call, int argument, double q, Row row, int step) => throw NotSupported("histogram_quantile");

    public static double Fraction(VectorCall call, int argument, double lower, double upper, Row row, int step) =>
        throw NotSupported("histogram_fraction");

    private static QueryException NotSupported(string function) =>
        QueryException.Execution($"{function} over native histograms is not supported yet");
}
