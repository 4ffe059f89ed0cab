using Tallygate.Model;

namespace Tallygate.PromQL.Functions;

/// <summary>Differences over a window, carried on to its bounds where the samples come close to them.</summary>
internal static class RateFunctions
{
    public static double Rate(in Window window, RangeCall call) => Extrapolate(window, call, isCounter: true, isRate: true);

    public static double Increase(in Window window, RangeCall call) => Extrapolate(window, call, isCounter: true, isRate: false);

    public static double Delta(in Window window, RangeCall call) => Extrapolate(window, call, isCounter: false, isRate: false);

    private static double Extrapolate(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        if (!window.Values.IsEmpty && !window.Histograms.IsEmpty)
        {
            call.WarnOfMixedSamples();
            return StaleMarker.Value;
        }

        if (window.IsExtended)
        {
            return window.Values.IsEmpty
                ? ExtendedHistogramRates.Of(window, call, isCounter, isRate)
                : ExtendedRates.Of(window, call, isCounter, isRate);
        }

        return window.Values.IsEmpty
            ? HistogramRates.Extrapolate(window, call, isCounter, isRate)
            : OfFloats(window, call, isCounter, isRate);
    }

    private static double OfFloats(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        var times = window.Times;
        var values = window.Values;
        var result = values[^1] - values[0];
        if (isCounter)
        {
            AddLostInResets(ref result, window, call);
        }

        double factor;
        if (isCounter && window.TryStartWithin(window.Starts, times[0], out var zeroTime))
        {
            // The start is a sample of value zero, and better than any guess.
            result += values[0];
            factor = Extrapolation.FactorFromZero(zeroTime, times[0], times[^1], values.Length - 1, window.End);
        }
        else if (values.Length < 2)
        {
            return StaleMarker.Value;
        }
        else
        {
            factor = Extrapolation.Factor(
                times[0], times[^1], values.Length - 1, window.Start, window.End, isCounter, values[0], result);
        }

        return result * (isRate ? factor / call.RangeSeconds : factor);
    }

    /// <summary>Adds what a counter had before each reset: where it went down, or where its start times say so.</summary>
    private static void AddLostInResets(ref double result, in Window window, RangeCall call)
    {
        var times = window.Times;
        var values = window.Values;
        var starts = window.Starts;
        var overlaps = false;
        for (var i = 1; i < values.Length; i++)
        {
            if (!starts.IsEmpty && !overlaps && StartTimes.Overlaps(starts[i - 1], times[i - 1], starts[i]))
            {
                call.WarnOfStartOverlap();
                overlaps = true;
            }

            if (values[i] < values[i - 1] || (!starts.IsEmpty && StartTimes.IsReset(starts[i - 1], times[i - 1], starts[i], times[i])))
            {
                result += values[i - 1];
            }
        }
    }
}
