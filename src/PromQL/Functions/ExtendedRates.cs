using Tallygate.Model;

namespace Tallygate.PromQL.Functions;

/// <summary>
/// Rates over windows that reach their bounds without a guess: <c>anchored</c> takes the newest sample at or before the start as the value
/// there, <c>smoothed</c> draws a line between the samples before and after each bound.
/// </summary>
internal static class ExtendedRates
{
    /// <summary>The rate, increase or difference over an extended window with at least one float.</summary>
    public static double Of(in Window window, RangeCall call, bool isCounter, bool isRate)
    {
        var times = window.Times;
        var values = window.Values;
        if (!TryBounds(window, out var first, out var last))
        {
            return StaleMarker.Value;
        }

        var left = Left(times, values, first, window.Start, window.Smoothed, isCounter);
        var right = Right(times, values, last, window.End, window.Smoothed, isCounter);
        var result = right - left;
        if (isCounter)
        {
            // The samples on or beyond the bounds are in left and right already.
            first += times[first] <= window.Start ? 1 : 0;
            last -= times[last] >= window.End ? 1 : 0;
            var before = left;
            var lost = 0.0;
            for (var i = first; i <= last; i++)
            {
                lost += values[i] < before ? before : 0;
                before = values[i];
            }

            lost += right < before ? before : 0;
            result += lost;
        }

        return isRate ? result / call.RangeSeconds : result;
    }

    /// <summary>The samples at a window's bounds and between them, for a selector that stands alone.</summary>
    public static void Extend(in Window window, List<long> times, List<double> values)
    {
        if (!TryBounds(window, out var first, out var last))
        {
            return;
        }

        var left = Left(window.Times, window.Values, first, window.Start, window.Smoothed, isCounter: false);
        var right = Right(window.Times, window.Values, last, window.End, window.Smoothed, isCounter: false);
        first += window.Times[first] <= window.Start ? 1 : 0;
        last -= window.Times[last] >= window.End ? 1 : 0;
        times.Add(window.Start);
        values.Add(left);
        for (var i = first; i <= last; i++)
        {
            times.Add(window.Times[i]);
            values.Add(window.Values[i]);
        }

        times.Add(window.End);
        values.Add(right);
    }

    /// <summary>The value at <paramref name="time"/> on the line between two samples; a counter that was reset between them starts from 0.</summary>
    public static double Interpolate(long time1, double value1, long time2, double value2, long time, bool isCounter)
    {
        var from = isCounter && value2 < value1 ? 0 : value1;
        return from + ((value2 - from) * (time - time1) / (time2 - time1));
    }

    /// <summary>
    /// The first sample that counts (the last one at or before the start, if any) and the last one (with smoothed the first at or after
    /// the end, if any).
    /// </summary>
    private static bool TryBounds(in Window window, out int first, out int last)
    {
        var times = window.Times;
        last = times.Length - 1;
        first = 0;
        while (first < last && times[first] <= window.Start)
        {
            first++;
        }

        first = Math.Max(0, first - 1);
        if (window.Smoothed)
        {
            var at = 0;
            while (at < last && times[at] < window.End)
            {
                at++;
            }

            last = at;
        }

        return times[last] > window.Start && !(window.Smoothed && times[first] > window.End);
    }

    private static double Left(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int first, long start, bool smoothed, bool isCounter) =>
        smoothed && times[first] < start
            ? Interpolate(times[first], values[first], times[first + 1], values[first + 1], start, isCounter)
            : values[first];

    private static double Right(ReadOnlySpan<long> times, ReadOnlySpan<double> values, int last, long end, bool smoothed, bool isCounter) =>
        smoothed && last > 0 && times[last] > end
            ? Interpolate(times[last - 1], values[last - 1], times[last], values[last], end, isCounter)
            : values[last];
}
