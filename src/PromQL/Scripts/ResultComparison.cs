using System.Globalization;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Scripts;

/// <summary>Compares an answer with what a script expects, floats up to a relative error of a millionth.</summary>
internal static class ResultComparison
{
    private const double Tolerance = 1e-6;

    /// <summary>The first difference, or null.</summary>
    public static string? Compare(EvalCommand eval, QueryValue value) => value switch
    {
        Matrix matrix => Compare(eval, matrix),
        Vector vector => Compare(eval, vector),
        Scalar scalar => Compare(eval, scalar),
        _ => Compare(eval, (StringValue)value),
    };

    private static string? Compare(EvalCommand eval, StringValue value) =>
        value.Text == (eval.ExpectedText ?? "") ? null : $"expected string \"{eval.ExpectedText}\" but got \"{value.Text}\"";

    private static string? Compare(EvalCommand eval, Scalar value)
    {
        if (eval.ExpectedScalar is not { } expected)
        {
            return $"expected vector or matrix result, but got scalar {Text(value.Value)}";
        }

        return AlmostEqual.Test(expected, value.Value, Tolerance)
            ? null
            : $"expected scalar {Text(expected)} but got {Text(value.Value)}";
    }

    private static string? Compare(EvalCommand eval, Vector vector)
    {
        if (eval.ExpectedScalar is not null)
        {
            return "expected scalar result, but got vector";
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < vector.Samples.Count; i++)
        {
            var sample = vector.Samples[i];
            var line = eval.IndexOf(sample.Labels);
            if (line < 0)
            {
                return $"unexpected metric {sample.Labels} in result, has value {Text(sample.Value)}";
            }

            if (eval.IsOrdered && line != i)
            {
                return $"expected metric {sample.Labels} at position {line + 1} but was at {i + 1}";
            }

            if (eval.Expected[line].Values.Count == 0 || Difference(eval.Expected[line].Values[0], sample) is not { } difference)
            {
                seen.Add(line);
                continue;
            }

            return $"for {sample.Labels} {difference}";
        }

        return Missing(eval, seen);
    }

    private static string? Difference(in SequenceValue expected, in VectorSample found)
    {
        if ((expected.Histogram is null) != (found.Histogram is null))
        {
            return expected.Histogram is null ? "expected a float but got a histogram" : "expected a histogram but got a float";
        }

        if (expected.Histogram is not null)
        {
            return HistogramComparison.AreEqual(expected.Histogram, found.Histogram!, expected.HintWasGiven) ? null : "got another histogram";
        }

        return AlmostEqual.Test(expected.Value, found.Value, Tolerance)
            ? null
            : $"expected {Text(expected.Value)} but got {Text(found.Value)}";
    }

    private static string? Compare(EvalCommand eval, Matrix matrix)
    {
        if (eval.IsOrdered)
        {
            return "expected ordered result, but query returned a matrix";
        }

        if (eval.ExpectedScalar is not null)
        {
            return "expected scalar result, but got matrix";
        }

        var seen = new HashSet<int>();
        for (var i = 0; i < matrix.Series.Count; i++)
        {
            var series = matrix.Series[i];
            if (i > 0 && matrix.Series[i - 1].Labels.CompareTo(series.Labels) > 0)
            {
                return $"the result is not sorted by labels at {series.Labels}";
            }

            var line = eval.IndexOf(series.Labels);
            if (line < 0)
            {
                return $"unexpected metric {series.Labels} in result";
            }

            seen.Add(line);
            if (Difference(eval, eval.Expected[line], series) is { } difference)
            {
                return $"for {series.Labels} {difference}";
            }
        }

        return Missing(eval, seen);
    }

    private static string? Difference(EvalCommand eval, SeriesDescription expected, MatrixSeries found)
    {
        var floats = new List<FPoint>();
        var histograms = new List<(HPoint Point, bool HintWasGiven)>();
        for (var i = 0; i < expected.Values.Count; i++)
        {
            var time = eval.Start + (i * eval.Step);
            if (time > eval.End)
            {
                return string.Create(CultureInfo.InvariantCulture, $"expected {expected.Values.Count} points, but the query has fewer steps");
            }

            var value = expected.Values[i];
            if (value.Histogram is { } histogram)
            {
                histograms.Add((new HPoint(time, histogram), value.HintWasGiven));
            }
            else if (!value.Omitted)
            {
                floats.Add(new FPoint(time, value.Value));
            }
        }

        if (floats.Count != found.Floats.Count || histograms.Count != found.Histograms.Count)
        {
            return $"expected {floats.Count} floats and {histograms.Count} histograms, but got {Text(found)}";
        }

        for (var i = 0; i < floats.Count; i++)
        {
            if (floats[i].Time != found.Floats[i].Time || !AlmostEqual.Test(floats[i].Value, found.Floats[i].Value, Tolerance))
            {
                return $"expected {Text(floats[i].Value)} at {floats[i].Time} ms, but got {Text(found)}";
            }
        }

        for (var i = 0; i < histograms.Count; i++)
        {
            var point = found.Histograms[i];
            if (histograms[i].Point.Time != point.Time
                || !HistogramComparison.AreEqual(histograms[i].Point.Histogram, point.Histogram, histograms[i].HintWasGiven))
            {
                return $"got another histogram at {point.Time} ms";
            }
        }

        return null;
    }

    private static string? Missing(EvalCommand eval, HashSet<int> seen)
    {
        for (var line = 0; line < eval.Expected.Count; line++)
        {
            if (!seen.Contains(line))
            {
                return $"expected metric {eval.Expected[line].Labels} not found";
            }
        }

        return null;
    }

    private static string Text(MatrixSeries series) =>
        $"{series.Floats.Count} floats [{string.Join(' ', series.Floats.Select(point => $"{Text(point.Value)}@{point.Time}"))}] "
            + $"and {series.Histograms.Count} histograms";

    private static string Text(double value) => Model.FloatText.Format(value, Model.FloatForm.General);
}
