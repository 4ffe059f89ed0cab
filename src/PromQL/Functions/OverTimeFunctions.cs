using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>The aggregations of one series over time.</summary>
internal static class OverTimeFunctions
{
    public static double Sum(in Window window, RangeCall call)
    {
        if (RefusesMix(window, call))
        {
            return StaleMarker.Value;
        }

        if (window.Values.IsEmpty)
        {
            return HistogramsOverTime.Sum(window, call);
        }

        var sum = new KahanSum(0);
        foreach (var value in window.Values)
        {
            sum.Add(value);
        }

        return sum.Total;
    }

    public static double Average(in Window window, RangeCall call)
    {
        if (RefusesMix(window, call))
        {
            return StaleMarker.Value;
        }

        return window.Values.IsEmpty ? HistogramsOverTime.Average(window, call) : Mean(window.Values);
    }

    public static double Count(in Window window, RangeCall call) => window.Values.Length + window.Histograms.Length;

    public static double Present(in Window window, RangeCall call) => 1;

    public static double First(in Window window, RangeCall call)
    {
        if (window.Histograms.IsEmpty || (!window.Times.IsEmpty && window.Times[0] < window.Histograms[0].Time))
        {
            return window.Values[0];
        }

        call.Histogram = window.Histograms[0].Histogram;
        return StaleMarker.Value;
    }

    public static double Last(in Window window, RangeCall call)
    {
        if (window.Histograms.IsEmpty || (!window.Times.IsEmpty && window.Times[^1] > window.Histograms[^1].Time))
        {
            return window.Values[^1];
        }

        call.Histogram = window.Histograms[^1].Histogram;
        return StaleMarker.Value;
    }

    public static double TimeOfFirst(in Window window, RangeCall call)
    {
        var time = window.Times.IsEmpty ? long.MaxValue : window.Times[0];
        return (window.Histograms.IsEmpty ? time : Math.Min(time, window.Histograms[0].Time)) / 1000.0;
    }

    public static double TimeOfLast(in Window window, RangeCall call)
    {
        // Prometheus lets a kind without samples count as the epoch.
        var ofFloats = window.Times.IsEmpty ? 0 : window.Times[^1];
        var ofHistograms = window.Histograms.IsEmpty ? 0 : window.Histograms[^1].Time;
        return Math.Max(ofFloats, ofHistograms) / 1000.0;
    }

    public static double Max(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var max = window.Values[0];
        foreach (var value in window.Values)
        {
            max = value > max || double.IsNaN(max) ? value : max;
        }

        return max;
    }

    public static double Min(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var min = window.Values[0];
        foreach (var value in window.Values)
        {
            min = value < min || double.IsNaN(min) ? value : min;
        }

        return min;
    }

    public static double TimeOfMax(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var at = 0;
        for (var i = 0; i < window.Values.Length; i++)
        {
            at = window.Values[i] >= window.Values[at] || double.IsNaN(window.Values[at]) ? i : at;
        }

        return window.Times[at] / 1000.0;
    }

    public static double TimeOfMin(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var at = 0;
        for (var i = 0; i < window.Values.Length; i++)
        {
            at = window.Values[i] <= window.Values[at] || double.IsNaN(window.Values[at]) ? i : at;
        }

        return window.Times[at] / 1000.0;
    }

    public static double Quantile(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var q = call.Scalars[0];
        if (Quantiles.IsInvalid(q))
        {
            call.Annotations.Warn(Quantiles.InvalidText(q), call.FirstArgument);
        }

        return Quantiles.Of(q, call.Copy(window.Values));
    }

    /// <summary>The median of the distances from the median.</summary>
    public static double MedianAbsoluteDeviation(in Window window, RangeCall call)
    {
        if (LacksFloats(window, call))
        {
            return StaleMarker.Value;
        }

        var values = call.Copy(window.Values);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
            {
                return double.NaN;
            }
        }

        var median = Quantiles.Of(0.5, values);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Abs(values[i] - median);
        }

        return Quantiles.Of(0.5, values);
    }

    public static double Variance(in Window window, RangeCall call) =>
        LacksFloats(window, call) ? StaleMarker.Value : VarianceOf(window.Values);

    public static double StandardDeviation(in Window window, RangeCall call) =>
        LacksFloats(window, call) ? StaleMarker.Value : Math.Sqrt(VarianceOf(window.Values));

    /// <summary>The mean: sum by count, or step by step where the sum would overflow.</summary>
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = new KahanSum(values[0]);
        var mean = default(KahanSum);
        var stepwise = false;
        for (var i = 1; i < values.Length; i++)
        {
            double count = i + 1;
            if (!stepwise)
            {
                var next = sum;
                next.Add(values[i]);
                if (!double.IsInfinity(next.Sum))
                {
                    sum = next;
                    continue;
                }

                stepwise = true;
                mean = new KahanSum(sum.Sum / (count - 1), sum.Compensation / (count - 1));
            }

            var share = (count - 1) / count;
            mean = new KahanSum(share * mean.Sum, share * mean.Compensation);
            mean.Add(values[i] / count);
        }

        return stepwise ? mean.Sum + mean.Compensation : (sum.Sum / values.Length) + (sum.Compensation / values.Length);
    }

    private static double VarianceOf(ReadOnlySpan<double> values)
    {
        var variance = default(RunningVariance);
        foreach (var value in values)
        {
            variance.Add(value);
        }

        return variance.Value;
    }

    private static bool RefusesMix(in Window window, RangeCall call)
    {
        if (window.Values.IsEmpty || window.Histograms.IsEmpty)
        {
            return false;
        }

        call.WarnOfMixedSamples();
        return true;
    }

    private static bool LacksFloats(in Window window, RangeCall call)
    {
        if (window.Values.IsEmpty)
        {
            return true;
        }

        if (!window.Histograms.IsEmpty)
        {
            call.InformOfIgnoredHistograms();
        }

        return false;
    }
}
