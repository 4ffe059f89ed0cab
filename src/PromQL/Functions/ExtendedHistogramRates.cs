using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>The rates of <see cref="ExtendedRates"/> for windows of native histograms.</summary>
internal static class ExtendedHistogramRates
{
    public static double Of(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        var points = window.Histograms;
        if (!TryBounds(window, out var first, out var last) || !AreFit(points[first..(last + 1)], call, isCounter))
        {
            return StaleMarker.Value;
        }

        if (AtStart(window, first, isCounter, call) is not { } left || AtEnd(window, last, isCounter, call) is not { } right)
        {
            return StaleMarker.Value;
        }

        if (!isCounter && (!IsGauge(left) || !IsGauge(right)))
        {
            call.WarnOfCounter();
        }

        // The copy at the end is still asked about resets.
        var result = right.Copy();
        if (!call.TrySubtract(result, left) || (isCounter && !TryAddLostInResets(window, call, (first, last), (left, right), result)))
        {
            return StaleMarker.Value;
        }

        if (isRate)
        {
            result.Divide(call.RangeSeconds);
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact();
        call.Histogram = result;
        return StaleMarker.Value;
    }

    /// <summary>
    /// The histogram at a time between two samples, on the line between them; that of a counter which was reset in between starts from
    /// nothing. Null, with a warning, where one has custom buckets and the other has not.
    /// </summary>
    public static FloatHistogram? Interpolate(
        in HPoint from, in HPoint to, long time, bool isCounter, Annotations annotations, string metricName, Ast.PositionRange position)
    {
        if (time == from.Time || time == to.Time)
        {
            return (time == from.Time ? from : to).Histogram.Copy();
        }

        var fraction = (double)(time - from.Time) / (to.Time - from.Time);
        var result = to.Histogram.Copy();
        if (isCounter && to.Histogram.DetectReset(from.Histogram))
        {
            result.Multiply(fraction);
            return result;
        }

        if (!result.TrySubtract(from.Histogram, out var notes))
        {
            annotations.WarnOfMixedSchemas(metricName, position);
            return null;
        }

        Tell(notes, Annotations.Subtraction);
        result.Multiply(fraction);
        result.TryAdd(from.Histogram, out notes);
        Tell(notes, Annotations.Addition);
        return result;

        void Tell(HistogramNotes found, string operation)
        {
            if (found.HasFlag(HistogramNotes.BoundsReconciled))
            {
                annotations.InformOfReconciledBounds(operation, position);
            }
        }
    }

    /// <summary>The first sample that counts and the last one, chosen as for floats.</summary>
    private static bool TryBounds(in Window window, out int first, out int last)
    {
        var points = window.Histograms;
        last = points.Length - 1;
        first = 0;
        while (first < last && points[first].Time <= window.Start)
        {
            first++;
        }

        first = Math.Max(0, first - 1);
        if (window.Smoothed)
        {
            var at = 0;
            while (at < last && points[at].Time < window.End)
            {
                at++;
            }

            last = at;
        }

        return points[last].Time > window.Start && !(window.Smoothed && points[first].Time > window.End);
    }

    private static bool AreFit(ReadOnlySpan<HPoint> points, RangeCall call, bool isCounter)
    {
        foreach (ref readonly var point in points)
        {
            if (point.Histogram.UsesCustomBuckets != points[0].Histogram.UsesCustomBuckets)
            {
                call.WarnOfMixedSchemas();
                return false;
            }

            if (isCounter && IsGauge(point.Histogram))
            {
                call.WarnOfGauge();
            }
        }

        return true;
    }

    private static FloatHistogram? AtStart(in Window window, int first, bool isCounter, RangeCall call)
    {
        var points = window.Histograms;
        return window.Smoothed && points[first].Time < window.Start
            ? Interpolate(
                points[first], points[first + 1], window.Start, isCounter, call.Annotations, call.MetricName, call.FirstArgument)
            : points[first].Histogram.Copy();
    }

    private static FloatHistogram? AtEnd(in Window window, int last, bool isCounter, RangeCall call)
    {
        var points = window.Histograms;
        return window.Smoothed && last > 0 && points[last].Time > window.End
            ? Interpolate(points[last - 1], points[last], window.End, isCounter, call.Annotations, call.MetricName, call.FirstArgument)
            : points[last].Histogram.Copy();
    }

    private static bool TryAddLostInResets(
        in Window window,
        RangeCall call,
        (int First, int Last) samples,
        (FloatHistogram Left, FloatHistogram Right) bounds,
        FloatHistogram result)
    {
        // The first and the last sample are in the bounds already.
        var points = window.Histograms;
        var from = samples.First + 1;
        var previous = bounds.Left;
        if (window.Smoothed && points[samples.First].Time < window.Start
            && points[samples.First + 1].Histogram.DetectReset(points[samples.First].Histogram))
        {
            // What was interpolated at the start has this reset in it.
            previous = points[from++].Histogram;
        }

        if (from > samples.Last)
        {
            return true;
        }

        FloatHistogram? lost = null;
        for (var i = from; i <= samples.Last; i++)
        {
            var next = i == samples.Last ? bounds.Right : points[i].Histogram;
            if (next.DetectReset(previous))
            {
                if (lost is null)
                {
                    lost = previous.Copy();
                }
                else if (!call.TryAdd(lost, previous))
                {
                    return false;
                }
            }

            previous = next;
        }

        return lost is null || call.TryAdd(result, lost);
    }

    private static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;
}
