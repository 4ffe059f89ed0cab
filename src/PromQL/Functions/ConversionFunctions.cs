using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Between scalars and vectors, and scalars out of nothing.</summary>
internal static class ConversionFunctions
{
    /// <summary>The one float of a vector, or NaN where there is none or there are several.</summary>
    public static List<Row> ToScalar(VectorCall call)
    {
        var result = Row.Blank(Labels.Empty, call.Steps);
        Array.Fill(result.Values, double.NaN);
        var seen = new bool[call.Steps];
        foreach (var row in call.Vector(0))
        {
            call.Work(call.Steps);
            for (var step = 0; step < call.Steps; step++)
            {
                if (row.HasFloat(step))
                {
                    result.Values[step] = seen[step] ? double.NaN : row.Values[step];
                    seen[step] = true;
                }
            }
        }

        return [result];
    }

    public static List<Row> ToVector(VectorCall call) => [new Row(Labels.Empty, call.Scalar(0))];

    public static List<Row> Time(VectorCall call)
    {
        var row = Row.Blank(Labels.Empty, call.Steps);
        for (var step = 0; step < call.Steps; step++)
        {
            row.Values[step] = call.Grid.At(step) / 1000.0;
        }

        return [row];
    }

    public static List<Row> Pi(VectorCall call)
    {
        var row = Row.Blank(Labels.Empty, call.Steps);
        Array.Fill(row.Values, Math.PI);
        return [row];
    }

    public static List<Row> MaxOf(VectorCall call) => Combine(call, MathFunctions.Max);

    public static List<Row> MinOf(VectorCall call) => Combine(call, MathFunctions.Min);

    /// <summary>The time of the step for each element; what a selector alone gives is the evaluator's business.</summary>
    public static List<Row> Timestamp(VectorCall call)
    {
        var rows = call.Vector(0);
        foreach (var row in rows)
        {
            call.Work(call.Steps);
            for (var step = 0; step < call.Steps; step++)
            {
                if (row.Has(step))
                {
                    row.Values[step] = call.Grid.At(step) / 1000.0;
                }
            }

            row.ClearHistograms();
            call.DropName(row);
        }

        return rows;
    }

    /// <summary>Only the samples of a selector have start times, and those are the evaluator's business.</summary>
    public static List<Row> StartTimestamp(VectorCall call) => [];

    private static List<Row> Combine(VectorCall call, Func<double, double, double> function)
    {
        var a = call.Scalar(0);
        var b = call.Scalar(1);
        for (var step = 0; step < a.Length; step++)
        {
            a[step] = function(a[step], b[step]);
        }

        return [new Row(Labels.Empty, a)];
    }
}
