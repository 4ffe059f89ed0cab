using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>What happens from one sample of a window to the next.</summary>
internal static class ChangeFunctions
{
    /// <summary>How often the value changes; NaN after NaN is no change, a float after a histogram is one.</summary>
    public static double Changes(in Window window, RangeCall call) =>
        Count(
            window,
            static (before, after) => after != before && !(double.IsNaN(after) && double.IsNaN(before)),
            HistogramRelations.Differ,
            countsStarts: false);

    /// <summary>How often a counter goes down; a change between float and histogram is a reset.</summary>
    public static double Resets(in Window window, RangeCall call) =>
        Count(window, static (before, after) => after < before, HistogramRelations.IsReset, countsStarts: true);

    /// <summary>The difference of the last two samples by second, as of a counter.</summary>
    public static double InstantRate(in Window window, RangeCall call) => LastTwo(window, call, isRate: true);

    /// <summary>The difference of the last two samples.</summary>
    public static double InstantDelta(in Window window, RangeCall call) => LastTwo(window, call, isRate: false);

    private static double LastTwo(in Window window, RangeCall call, bool isRate)
    {
        if (window.Values.Length + window.Histograms.Length < 2)
        {
            return StaleMarker.Value;
        }

        if (!window.Histograms.IsEmpty)
        {
            return HistogramRelations.LastTwo(window, call, isRate);
        }

        return LastTwoFloats(window, isRate);
    }

    /// <summary>The difference of the last two floats of a window that has as many.</summary>
    public static double LastTwoFloats(in Window window, bool isRate)
    {
        var before = window.Values[^2];
        var after = window.Values[^1];
        var elapsed = window.Times[^1] - window.Times[^2];
        var isReset = isRate && (after < before || StartTimes.IsReset(
            StartTimes.At(window.Starts, window.Values.Length - 2),
            window.Times[^2],
            StartTimes.At(window.Starts, window.Values.Length - 1),
            window.Times[^1]));
        var result = isReset ? after : after - before;
        return isRate ? result / (elapsed / 1000.0) : result;
    }

    private static double Count(
        in Window window,
        Func<double, double, bool> floatsDiffer,
        Func<FloatHistogram, FloatHistogram, bool> histogramsDiffer,
        bool countsStarts)
    {
        if (!TrySkipToAnchor(window, out var nextFloat, out var nextHistogram))
        {
            return StaleMarker.Value;
        }

        var count = 0;
        var before = 0.0;
        FloatHistogram? histogramBefore = null;
        var timeBefore = 0L;
        var startBefore = 0L;
        var isFirst = true;
        while (nextFloat < window.Values.Length || nextHistogram < window.Histograms.Length)
        {
            var value = 0.0;
            long time;
            long start;
            FloatHistogram? histogram = null;
            if (nextHistogram >= window.Histograms.Length
                || (nextFloat < window.Values.Length && window.Times[nextFloat] < window.Histograms[nextHistogram].Time))
            {
                (time, start) = (window.Times[nextFloat], StartTimes.At(window.Starts, nextFloat));
                value = window.Values[nextFloat++];
            }
            else
            {
                (time, start) = (window.Histograms[nextHistogram].Time, StartTimes.At(window.HistogramStarts, nextHistogram));
                histogram = window.Histograms[nextHistogram++].Histogram;
            }

            if (!isFirst)
            {
                var differs = histogram is null || histogramBefore is null
                    ? (histogram is null) != (histogramBefore is null) || floatsDiffer(before, value)
                    : histogramsDiffer(histogramBefore, histogram);
                differs |= countsStarts && StartTimes.IsReset(startBefore, timeBefore, start, time);
                count += differs ? 1 : 0;
            }

            isFirst = false;
            before = value;
            histogramBefore = histogram;
            (timeBefore, startBefore) = (time, start);
        }

        return count;
    }

    /// <summary>With anchored, the newest sample at or before the start is the first that counts, whatever its kind.</summary>
    private static bool TrySkipToAnchor(in Window window, out int firstFloat, out int firstHistogram)
    {
        firstFloat = 0;
        firstHistogram = 0;
        if (!window.Anchored)
        {
            return true;
        }

        while (firstFloat < window.Times.Length && window.Times[firstFloat] <= window.Start)
        {
            firstFloat++;
        }

        while (firstHistogram < window.Histograms.Length && window.Histograms[firstHistogram].Time <= window.Start)
        {
            firstHistogram++;
        }

        if (firstFloat == window.Times.Length && firstHistogram == window.Histograms.Length)
        {
            return false;
        }

        if (firstFloat > 0 && (firstHistogram == 0 || window.Times[firstFloat - 1] >= window.Histograms[firstHistogram - 1].Time))
        {
            firstFloat--;
        }
        else if (firstHistogram > 0)
        {
            firstHistogram--;
        }

        return true;
    }
}
