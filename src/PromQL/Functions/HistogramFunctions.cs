using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Functions of histograms: classic ones, whose buckets are floats with the label <c>le</c>, and native ones.</summary>
internal static class HistogramFunctions
{
    private const string Bucket = "le";

    public static List<Row> Count(VectorCall call) => NativeHistograms.Map(call, static h => h.Count);

    public static List<Row> Sum(VectorCall call) => NativeHistograms.Map(call, static h => h.Sum);

    public static List<Row> Average(VectorCall call) => NativeHistograms.Map(call, static h => h.Sum / h.Count);

    public static List<Row> StandardDeviation(VectorCall call) => NativeHistograms.Map(call, h => Math.Sqrt(NativeHistograms.Variance(h)));

    public static List<Row> Variance(VectorCall call) => NativeHistograms.Map(call, NativeHistograms.Variance);

    public static List<Row> Quantile(VectorCall call)
    {
        var q = call.Scalar(0);
        WarnOfInvalidQuantiles(call, 0);
        return Each(
            call,
            1,
            (buckets, group, step) => QuantileAt(call, 1, buckets, group, step, q[step]),
            (row, step) => NativeQuantileAt(call, 1, row, step, q[step]));
    }

    public static List<Row> QuantilesOf(VectorCall call)
    {
        var label = call.Text(1);
        var results = new List<Row>();
        var input = call.Vector(0);
        for (var argument = 2; argument < call.Arguments.Count; argument++)
        {
            var q = call.Scalar(argument);
            WarnOfInvalidQuantiles(call, argument);
            var rows = Each(
                call,
                0,
                (buckets, group, step) => QuantileAt(call, 0, buckets, group, step, q[step]),
                (row, step) => NativeQuantileAt(call, 0, row, step, q[step]));

            // The quantile may change from step to step, and with it the label.
            foreach (var row in rows)
            {
                var byQuantile = new Dictionary<string, Row>();
                for (var step = 0; step < row.Steps; step++)
                {
                    if (row.Has(step))
                    {
                        var text = FloatText.Format(q[step], FloatForm.Label);
                        if (!byQuantile.TryGetValue(text, out var target))
                        {
                            target = Row.Blank(row.Labels.With(label, text), row.Steps);
                            target.DropsName = true;
                            byQuantile.Add(text, target);
                            results.Add(target);
                        }

                        target.CopyStep(row, step);
                    }
                }
            }
        }

        input.Clear();
        return results;
    }

    public static List<Row> Fraction(VectorCall call)
    {
        var lower = call.Scalar(0);
        var upper = call.Scalar(1);
        return Each(call, 2, (buckets, _, step) => buckets.Fraction(lower[step], upper[step]), (row, step) =>
            NativeHistograms.Fraction(
                lower[step], upper[step], row.HistogramAt(step)!, NameFor(call, row), call.Annotations, call.PositionOf(2)));
    }

    private static double NativeQuantileAt(VectorCall call, int argument, Row row, int step, double q) =>
        NativeHistograms.Quantile(q, row.HistogramAt(step)!, NameFor(call, row), call.Annotations, call.PositionOf(argument));

    /// <summary>The metric's name for annotations, as long as the series still has it.</summary>
    private static string NameFor(VectorCall call, Row row) => call.DelayedNameRemoval ? row.Labels.Name : "";

    private static double QuantileAt(VectorCall call, int argument, ClassicBuckets buckets, Row group, int step, double q)
    {
        var result = buckets.Quantile(q, call.Grid.At(step), out var forced);
        if (forced is { } details)
        {
            call.Annotations.InformOfForcedMonotonicity(NameFor(call, group), call.PositionOf(argument), details);
        }

        return result;
    }

    /// <summary>Evaluates each histogram of the vector, classic and native, at each step.</summary>
    private static List<Row> Each(
        VectorCall call, int argument, Func<ClassicBuckets, Row, int, double> classic, Func<Row, int, double> native)
    {
        var groups = new Dictionary<Labels, Row>();
        var members = new Dictionary<Row, List<(double Bound, Row Row)>>();
        var results = new List<Row>();
        var position = call.PositionOf(argument);
        foreach (var row in call.Vector(argument))
        {
            GatherFloats(call, row, position, groups, members, results);
        }

        // A native histogram beside a classic one of the same labels at the same step: neither is evaluated.
        var conflicts = GatherNative(call, argument, native, groups, members, position);
        var buckets = new ClassicBuckets();
        foreach (var group in results)
        {
            for (var step = 0; step < call.Steps; step++)
            {
                call.Work(members[group].Count);
                buckets.Clear();
                foreach (var (bound, row) in members[group])
                {
                    if (row.HasFloat(step))
                    {
                        buckets.Add(bound, row.Values[step]);
                    }
                }

                if (buckets.Count > 0 && !conflicts.Contains((group, step)))
                {
                    group.Values[step] = classic(buckets, group, step);
                }
            }
        }

        results.AddRange(NativeRows(call, argument, native, conflicts, groups));
        foreach (var row in results)
        {
            call.DropName(row);
        }

        return results;
    }

    private static void GatherFloats(
        VectorCall call,
        Row row,
        PositionRange position,
        Dictionary<Labels, Row> groups,
        Dictionary<Row, List<(double Bound, Row Row)>> members,
        List<Row> results)
    {
        if (!HasFloats(row))
        {
            return;
        }

        var le = row.Labels.Get(Bucket);
        if (!TryParseBound(le, out var bound))
        {
            call.Annotations.Warn(
                Annotations.WithMetricName(
                    $"bucket label \"le\" is missing or has a malformed value of {GoQuote.Quote(le)}",
                    NameFor(call, row)),
                position);
            return;
        }

        var labels = row.Labels.Without(Bucket);
        if (!groups.TryGetValue(labels, out var group))
        {
            group = Row.Blank(labels, call.Steps);
            groups.Add(labels, group);
            members.Add(group, []);
            results.Add(group);
        }

        members[group].Add((bound, row));
    }

    private static HashSet<(Row Group, int Step)> GatherNative(
        VectorCall call,
        int argument,
        Func<Row, int, double> native,
        Dictionary<Labels, Row> groups,
        Dictionary<Row, List<(double Bound, Row Row)>> members,
        PositionRange position)
    {
        var conflicts = new HashSet<(Row, int)>();
        foreach (var row in call.Vector(argument))
        {
            if (row.Histograms is null || !groups.TryGetValue(row.Labels, out var group))
            {
                continue;
            }

            for (var step = 0; step < call.Steps; step++)
            {
                if (row.HistogramAt(step) is not null && members[group].Exists(member => member.Row.HasFloat(step)))
                {
                    conflicts.Add((group, step));
                    call.Annotations.Warn(
                        Annotations.WithMetricName(
                            "vector contains a mix of classic and native histograms", NameFor(call, row)),
                        position);
                }
            }
        }

        return conflicts;
    }

    private static List<Row> NativeRows(
        VectorCall call,
        int argument,
        Func<Row, int, double> native,
        HashSet<(Row Group, int Step)> conflicts,
        Dictionary<Labels, Row> groups)
    {
        var results = new List<Row>();
        foreach (var row in call.Vector(argument))
        {
            if (row.Histograms is null)
            {
                continue;
            }

            var result = Row.Blank(row.Labels, call.Steps);
            groups.TryGetValue(row.Labels, out var group);
            for (var step = 0; step < call.Steps; step++)
            {
                if (row.HistogramAt(step) is not null && (group is null || !conflicts.Contains((group, step))))
                {
                    result.Values[step] = native(row, step);
                }
            }

            results.Add(result);
        }

        return results;
    }

    private static void WarnOfInvalidQuantiles(VectorCall call, int argument)
    {
        foreach (var q in call.Scalar(argument))
        {
            if (Quantiles.IsInvalid(q))
            {
                call.Annotations.Warn(Quantiles.InvalidText(q), call.PositionOf(argument));
            }
        }
    }

    private static bool HasFloats(Row row)
    {
        foreach (var value in row.Values)
        {
            if (!StaleMarker.Is(value))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryParseBound(string text, out double bound) => FloatText.TryParse(text, out bound);
}
