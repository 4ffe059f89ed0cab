using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>How one native histogram stands to the one before it.</summary>
internal static class HistogramRelations
{
    public static bool Differ(FloatHistogram before, FloatHistogram after) => !after.HasSameBits(before);

    public static bool IsReset(FloatHistogram before, FloatHistogram after) => after.DetectReset(before);

    /// <summary>The difference of the last two samples of a window with at least two, of which one at least is a histogram.</summary>
    public static double LastTwo(in Window window, RangeCall call, bool isRate)
    {
        var points = window.Histograms;
        var newestFloat = window.Times.IsEmpty ? long.MinValue : window.Times[^1];
        if (points.Length < 2 || newestFloat > points[^2].Time)
        {
            var bothAreFloats = window.Times.Length > 1 && window.Times[^2] > points[^1].Time;
            if (bothAreFloats)
            {
                return ChangeFunctions.LastTwoFloats(window, isRate);
            }

            call.WarnOfMixedSamples();
            return StaleMarker.Value;
        }

        var (before, after) = (points[^2], points[^1]);
        var isGauge = (Before: before.Histogram.CounterResetHint == CounterResetHint.Gauge, After: after.Histogram.CounterResetHint == CounterResetHint.Gauge);
        if (isRate && (isGauge.Before || isGauge.After))
        {
            call.WarnOfGauge();
        }
        else if (!isRate && !(isGauge.Before && isGauge.After))
        {
            call.WarnOfCounter();
        }

        var result = after.Histogram.Copy();
        var isReset = isRate && (IsReset(before.Histogram, after.Histogram) || StartTimes.IsReset(
            StartTimes.At(window.HistogramStarts, points.Length - 2),
            before.Time,
            StartTimes.At(window.HistogramStarts, points.Length - 1),
            after.Time));
        if (!isReset && !call.TrySubtract(result, before.Histogram))
        {
            return StaleMarker.Value;
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact();
        if (isRate)
        {
            result.Divide((after.Time - before.Time) / 1000.0);
        }

        call.Histogram = result;
        return StaleMarker.Value;
    }
}
