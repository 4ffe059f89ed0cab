namespace Tallygate.PromQL.Values;

/// <summary>The quantile of a set of numbers, between two of them by weight.</summary>
internal static class Quantiles
{
    /// <summary>The q-quantile; sorts <paramref name="values"/>, NaN first. NaN without values, infinite where q lies outside 0 to 1.</summary>
    public static double Of(double q, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q < 0)
        {
            return double.NegativeInfinity;
        }

        if (q > 1)
        {
            return double.PositiveInfinity;
        }

        values.Sort();
        return OfSorted(q, values);
    }

    /// <summary>The q-quantile, q between 0 and 1, of values in ascending order, of which there is at least one.</summary>
    public static double OfSorted(double q, ReadOnlySpan<double> values)
    {
        var rank = q * (values.Length - 1);
        var floor = Math.Floor(rank);
        var lower = (int)Math.Max(0, floor);
        var upper = Math.Min(values.Length - 1, lower + 1);
        var weight = rank - floor;
        return (values[lower] * (1 - weight)) + (values[upper] * weight);
    }

    /// <summary>The q-quantile, q between 0 and 1, of numbers in any order, without NaN and negative zeros; it changes their order.</summary>
    public static double OfUnsorted(double q, Span<double> values)
    {
        var rank = q * (values.Length - 1);
        var floor = Math.Floor(rank);
        var lower = (int)Math.Max(0, floor);
        var weight = rank - floor;
        var low = Selection.Place(values, lower);
        var high = lower + 1 < values.Length ? Selection.Least(values[(lower + 1)..]) : low;
        return (low * (1 - weight)) + (high * weight);
    }

    /// <summary>The annotation's text on a q outside 0 to 1.</summary>
    public static string InvalidText(double q) =>
        $"quantile value should be between 0 and 1, got {Model.FloatText.Format(q, Model.FloatForm.General)}";

    public static bool IsInvalid(double q) => double.IsNaN(q) || q < 0 || q > 1;
}
