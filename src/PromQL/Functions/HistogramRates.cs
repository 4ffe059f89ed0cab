using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Rates of windows of native histograms.</summary>
internal static class HistogramRates
{
    public static double Extrapolate(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        if (window.Histograms.Length < 2)
        {
            return StaleMarker.Value;
        }

        throw QueryException.Execution($"{call.Call.Function.Name} over native histograms is not supported yet");
    }
}
