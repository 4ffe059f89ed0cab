using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Functions of each float by itself. Histograms are left out.</summary>
internal static class MathFunctions
{
    public static VectorFunction Each(Func<double, double> function) => call => Map(call, 0, (value, _) => function(value));

    public static List<Row> Round(VectorCall call)
    {
        if (call.Arguments.Count == 1)
        {
            return Map(call, 0, static (value, _) => Math.Floor(value + 0.5));
        }

        // Prometheus multiplies by the inverse, since that costs less accuracy.
        var nearest = call.Scalar(1);
        return Map(call, 0, (value, step) =>
        {
            var inverse = 1.0 / nearest[step];
            return Math.Floor((value * inverse) + 0.5) / inverse;
        });
    }

    public static List<Row> Clamp(VectorCall call)
    {
        var min = call.Scalar(1);
        var max = call.Scalar(2);
        return Map(call, 0, (value, step) => max[step] < min[step] ? StaleMarker.Value : Within(min[step], max[step], value));
    }

    public static List<Row> ClampMin(VectorCall call)
    {
        var min = call.Scalar(1);
        return Map(call, 0, (value, step) => Within(min[step], double.PositiveInfinity, value));
    }

    public static List<Row> ClampMax(VectorCall call)
    {
        var max = call.Scalar(1);
        return Map(call, 0, (value, step) => Within(double.NegativeInfinity, max[step], value));
    }

    public static double Sign(double value) => value < 0 ? -1 : value > 0 ? 1 : value;

    /// <summary>Go's maximum, for which infinity is larger than NaN.</summary>
    public static double Max(double a, double b) =>
        double.IsPositiveInfinity(a) || double.IsPositiveInfinity(b) ? double.PositiveInfinity : Math.Max(a, b);

    /// <summary>Go's minimum, for which negative infinity is smaller than NaN.</summary>
    public static double Min(double a, double b) =>
        double.IsNegativeInfinity(a) || double.IsNegativeInfinity(b) ? double.NegativeInfinity : Math.Min(a, b);

    /// <summary>Applies the function to each float of the argument and takes the names off.</summary>
    public static List<Row> Map(VectorCall call, int argument, Func<double, int, double> function)
    {
        var rows = call.Vector(argument);
        foreach (var row in rows)
        {
            var values = row.Values;
            call.Work(values.Length);
            for (var step = 0; step < values.Length; step++)
            {
                if (!StaleMarker.Is(values[step]))
                {
                    values[step] = function(values[step], step);
                }
            }

            row.ClearHistograms();
            call.DropName(row);
        }

        return rows;
    }

    private static double Within(double min, double max, double value) => Max(min, Min(max, value));
}
