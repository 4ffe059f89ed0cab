using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Lines and curves through the samples of a window.</summary>
internal static class TrendFunctions
{
    /// <summary>The slope of the least-squares line, by second.</summary>
    public static double Derivative(in Window window, RangeCall call)
    {
        if (LacksTwoFloats(window, call))
        {
            return StaleMarker.Value;
        }

        // The first sample's time keeps the numbers small, and with them the error.
        Regress(window, window.Times[0], out var slope, out _);
        return slope;
    }

    /// <summary>Where the least-squares line is, so many seconds after the step.</summary>
    public static double PredictLinear(in Window window, RangeCall call)
    {
        if (LacksTwoFloats(window, call))
        {
            return StaleMarker.Value;
        }

        Regress(window, window.EvaluationTime, out var slope, out var intercept);
        return (slope * call.Scalars[0]) + intercept;
    }

    /// <summary>Holt's linear method.</summary>
    public static double DoubleExponentialSmoothing(in Window window, RangeCall call)
    {
        var smoothing = call.Scalars[0];
        var trend = call.Scalars[1];
        if (smoothing is <= 0 or >= 1)
        {
            throw InvalidFactor("smoothing factor. Expected: 0 < sf < 1", smoothing);
        }

        if (trend is <= 0 or >= 1)
        {
            throw InvalidFactor("trend factor. Expected: 0 < tf < 1", trend);
        }

        if (LacksTwoFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var values = window.Values;
        var previous = 0.0;
        var current = values[0];
        var slope = values[1] - values[0];
        for (var i = 1; i < values.Length; i++)
        {
            if (i > 1)
            {
                slope = (trend * (current - previous)) + ((1 - trend) * slope);
            }

            var next = (smoothing * values[i]) + ((1 - smoothing) * (current + slope));
            previous = current;
            current = next;
        }

        return current;
    }

    private static QueryException InvalidFactor(string what, double value) => QueryException.Execution(
        string.Create(CultureInfo.InvariantCulture, $"invalid {what}, got: {value:F6}"));

    private static bool LacksTwoFloats(in Window window, RangeCall call)
    {
        if (!window.Values.IsEmpty && !window.Histograms.IsEmpty)
        {
            call.InformOfIgnoredHistograms();
        }

        return window.Values.Length < 2;
    }

    private static void Regress(in Window window, long origin, out double slope, out double intercept)
    {
        var regression = new Regression(window.Values[0]);
        for (var i = 0; i < window.Values.Length; i++)
        {
            regression.Add((window.Times[i] - origin) / 1e3, window.Values[i]);
        }

        regression.Finish(out slope, out intercept);
    }
}
