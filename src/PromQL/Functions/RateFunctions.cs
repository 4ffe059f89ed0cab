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

        if (window.Values.IsEmpty)
        {
            return HistogramRates.Extrapolate(window, call, isCounter, isRate);
        }

        if (window.IsExtended)
        {
            return ExtendedRates.Of(window, call, isCounter, isRate);
        }

        var values = window.Values;
        if (values.Length < 2)
        {
            return StaleMarker.Value;
        }

        var result = values[^1] - values[0];
        if (isCounter)
        {
            // A counter that went down was reset: what it had before is added.
            for (var i = 1; i < values.Length; i++)
            {
                if (values[i] < values[i - 1])
                {
                    result += values[i - 1];
                }
            }
        }

        var factor = Factor(window.Times[0], window.Times[^1], values.Length - 1, window.Start, window.End, isCounter, values[0], result);
        return result * (isRate ? factor / call.RangeSeconds : factor);
    }

    /// <summary>
    /// By how much the difference between the samples is to be stretched. A bound is reached where the sample next to it is not further off
    /// than 1.1 times the average distance; otherwise the series is taken to begin or end half that distance off. A counter is not carried
    /// on below zero.
    /// </summary>
    public static double Factor(
        long firstTime, long lastTime, int gaps, long start, long end, bool isCounter, double firstValue, double difference)
    {
        var toStart = (firstTime - start) / 1000.0;
        var toEnd = (end - lastTime) / 1000.0;
        var sampled = (lastTime - firstTime) / 1000.0;
        var average = sampled / gaps;
        var threshold = average * 1.1;
        if (toStart >= threshold)
        {
            toStart = average / 2;
        }

        if (isCounter && difference > 0 && firstValue >= 0)
        {
            var toZero = sampled * (firstValue / difference);
            if (toZero < toStart)
            {
                toStart = toZero;
            }
        }

        if (toEnd >= threshold)
        {
            toEnd = average / 2;
        }

        return sampled == 0 ? 1 : (sampled + toStart + toEnd) / sampled;
    }
}
