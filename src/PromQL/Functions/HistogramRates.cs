using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Rates of windows of native histograms, carried on to the bounds as those of floats are, by the number of observations.</summary>
internal static class HistogramRates
{
    public static double Extrapolate(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        var points = window.Histograms;
        var (firstTime, lastTime) = (points[0].Time, points[^1].Time);
        FloatHistogram? result = null;
        if (points.Length > 1)
        {
            result = Difference(window, call, isCounter);
            if (result is null)
            {
                return StaleMarker.Value;
            }
        }

        double factor;
        if (isCounter && window.TryStartWithin(window.HistogramStarts, firstTime, out var zeroTime))
        {
            // The start is an empty sample, and better than any guess.
            if (result is null)
            {
                result = points[0].Histogram.Copy();
            }
            else if (!call.TryAdd(result, points[0].Histogram))
            {
                return StaleMarker.Value;
            }

            factor = Extrapolation.FactorFromZero(zeroTime, firstTime, lastTime, points.Length - 1, window.End);
        }
        else if (result is null)
        {
            return StaleMarker.Value;
        }
        else
        {
            factor = Extrapolation.Factor(
                firstTime,
                lastTime,
                points.Length - 1,
                window.Start,
                window.End,
                isCounter,
                points[0].Histogram.Count,
                result.Count);
        }

        result.Multiply(isRate ? factor / call.RangeSeconds : factor);
        call.Histogram = result;
        return StaleMarker.Value;
    }

    /// <summary>The last histogram less the first, of a counter with what was lost in resets; null where they do not fit.</summary>
    private static FloatHistogram? Difference(in Window window, RangeCall call, bool isCounter)
    {
        var points = window.Histograms;
        var first = points[0].Histogram;
        var last = points[^1].Histogram;
        var hasGauge = isCounter && (IsGauge(first) || IsGauge(last));
        if (isCounter && IsReset(window, 1, first))
        {
            // A sample right before a reset counts for nothing, whatever its buckets.
            first = new FloatHistogram { Schema = points[1].Histogram.Schema, CustomValues = points[1].Histogram.CustomValues };
        }

        var fits = first.UsesCustomBuckets == last.UsesCustomBuckets;
        var schema = Math.Min(first.Schema, last.Schema);
        if (fits && isCounter)
        {
            foreach (ref readonly var point in points[1..^1])
            {
                if (point.Histogram.UsesCustomBuckets != first.UsesCustomBuckets)
                {
                    call.WarnOfMixedSchemas();
                    return null;
                }

                hasGauge |= IsGauge(point.Histogram);
                schema = Math.Min(schema, point.Histogram.Schema);
            }
        }

        if (hasGauge)
        {
            call.WarnOfGauge();
        }

        if (!fits)
        {
            call.WarnOfMixedSchemas();
            return null;
        }

        var result = last.Copy();
        if (schema != result.Schema)
        {
            result.ReduceResolution(schema);
        }

        if (!call.TrySubtract(result, first) || (isCounter && !TryAddLostInResets(window, call, first, result)))
        {
            return null;
        }

        if (!isCounter && (!IsGauge(points[0].Histogram) || !IsGauge(last)))
        {
            call.WarnOfCounter();
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact();
        return result;
    }

    private static bool TryAddLostInResets(in Window window, RangeCall call, FloatHistogram first, FloatHistogram result)
    {
        var points = window.Histograms;
        var starts = window.HistogramStarts;
        var previous = first;
        var overlaps = false;
        for (var i = 1; i < points.Length; i++)
        {
            if (!starts.IsEmpty && !overlaps && StartTimes.Overlaps(starts[i - 1], points[i - 1].Time, starts[i]))
            {
                call.WarnOfStartOverlap();
                overlaps = true;
            }

            if (IsReset(window, i, previous) && !call.TryAdd(result, previous))
            {
                return false;
            }

            previous = points[i].Histogram;
        }

        return true;
    }

    private static bool IsReset(in Window window, int at, FloatHistogram previous)
    {
        var points = window.Histograms;
        var starts = window.HistogramStarts;
        return (!starts.IsEmpty && StartTimes.IsReset(starts[at - 1], points[at - 1].Time, starts[at], points[at].Time))
            || points[at].Histogram.DetectReset(previous);
    }

    private static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;
}
