using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Sum and mean of windows of native histograms.</summary>
internal static class HistogramsOverTime
{
    public static double Sum(in Window window, RangeCall call) => Total(window, call, isMean: false);

    public static double Average(in Window window, RangeCall call) => Total(window, call, isMean: true);

    private static double Total(in Window window, RangeCall call, bool isMean)
    {
        var total = new HistogramTotal(window.Histograms[0].Histogram, isMean);
        foreach (ref readonly var point in window.Histograms[1..])
        {
            if (!total.TryAdd(point.Histogram))
            {
                call.WarnOfMixedSchemas();
                return StaleMarker.Value;
            }
        }

        total.Tell(call.Annotations, call.FirstArgument);
        call.Histogram = total.Result();
        return StaleMarker.Value;
    }
}
