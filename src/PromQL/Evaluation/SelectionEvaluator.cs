using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Evaluation.Aggregations;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates the aggregations that choose among the rows of each group: topk, bottomk, limitk, limit_ratio. Chosen elements keep their labels.
/// For one step the rows come in the order of the choice.
/// </summary>
internal static class SelectionEvaluator
{
    private const double MaxInt64 = 9223372036854774784;
    private const double MinInt64 = -9223372036854775808;

    public static List<Row> Evaluate(AggregateContext context, List<(Labels Labels, List<Row> Rows)> groups, SampleLimiter limiter) =>
        context.Expr.Operator == AggregateOperator.LimitRatio ? LimitRatio(context, groups, limiter) : Limit(context, groups, limiter);

    private static List<Row> Limit(AggregateContext context, List<(Labels Labels, List<Row> Rows)> groups, SampleLimiter limiter)
    {
        if (Array.TrueForAll(context.Parameter, static k => k < 1))
        {
            return [];
        }

        foreach (var k in context.Parameter)
        {
            RefuseInvalid(k);
        }

        var isLimit = context.Expr.Operator == AggregateOperator.LimitK;
        var isTop = context.Expr.Operator == AggregateOperator.TopK;
        var rankings = isLimit ? [] : new RankSelection[context.Steps];
        for (var step = 0; step < rankings.Length; step++)
        {
            rankings[step] = new RankSelection(context, isTop);
        }

        var ranks = Array.ConvertAll(context.Parameter, static k => (long)Math.Min(k, int.MaxValue));
        var results = new List<Row>();
        foreach (var (_, members) in groups)
        {
            Offer(members, rankings, ranks, limiter);
            var byRow = new Dictionary<Row, Row>();
            for (var step = 0; step < context.Steps; step++)
            {
                var k = ranks[step];
                if (k < 1)
                {
                    continue;
                }

                limiter.Work(isLimit ? members.Count : 1);
                foreach (var row in isLimit ? First(members, step, k) : rankings[step].TakeChosen(step, limiter.Work))
                {
                    Take(row, step, byRow, results, limiter);
                }
            }
        }

        return results;
    }

    /// <summary>Goes row by row, as the values lie in memory; each step has a ranking of its own.</summary>
    private static void Offer(List<Row> members, RankSelection[] rankings, long[] ranks, SampleLimiter limiter)
    {
        foreach (var row in members)
        {
            limiter.Work(rankings.Length);
            for (var step = 0; step < rankings.Length; step++)
            {
                if (ranks[step] >= 1)
                {
                    rankings[step].Offer(row, step, ranks[step]);
                }
            }
        }
    }

    private static List<Row> LimitRatio(AggregateContext context, List<(Labels Labels, List<Row> Rows)> groups, SampleLimiter limiter)
    {
        if (Array.TrueForAll(context.Parameter, static ratio => ratio == 0))
        {
            return [];
        }

        if (Array.Exists(context.Parameter, double.IsNaN))
        {
            throw QueryException.Execution("Ratio value is NaN");
        }

        WarnOfRatio(context, context.Parameter.Max(), 1);
        WarnOfRatio(context, context.Parameter.Min(), -1);
        var results = new List<Row>();
        foreach (var row in groups.SelectMany(static group => group.Rows))
        {
            limiter.Work(context.Steps);
            for (var step = 0; step < context.Steps; step++)
            {
                var ratio = Math.Clamp(context.Parameter[step], -1, 1);
                if (ratio == 0 || !RatioSampling.Takes(row.Labels, ratio))
                {
                    row.Clear(step);
                }
            }

            if (!row.IsEmpty())
            {
                results.Add(row);
            }
        }

        return results;
    }

    private static List<Row> First(List<Row> members, int step, long k)
    {
        var chosen = new List<Row>();
        foreach (var row in members)
        {
            if (chosen.Count == k)
            {
                break;
            }

            if (row.Has(step))
            {
                chosen.Add(row);
            }
        }

        return chosen;
    }

    private static void Take(Row row, int step, Dictionary<Row, Row> byRow, List<Row> results, SampleLimiter limiter)
    {
        if (!byRow.TryGetValue(row, out var result))
        {
            limiter.MakeRoom(row.Steps);
            result = Row.Blank(row.Labels, row.Steps);
            result.DropsName = row.DropsName;
            byRow.Add(row, result);
            results.Add(result);
        }

        result.CopyStep(row, step);
    }

    private static void RefuseInvalid(double k)
    {
        if (double.IsNaN(k))
        {
            throw QueryException.Execution("Parameter value is NaN");
        }

        if (k <= MinInt64)
        {
            throw QueryException.Execution($"Scalar value {FloatText.Format(k, FloatForm.General)} underflows int64");
        }

        if (k >= MaxInt64)
        {
            throw QueryException.Execution($"Scalar value {FloatText.Format(k, FloatForm.General)} overflows int64");
        }
    }

    private static void WarnOfRatio(AggregateContext context, double ratio, double bound)
    {
        if (Math.Abs(ratio) > 1 && Math.Sign(ratio) == Math.Sign(bound))
        {
            context.Annotations.Warn(
                $"ratio value should be between -1 and 1, got {FloatText.Format(ratio, FloatForm.General)}, "
                    + $"capping to {FloatText.Format(bound, FloatForm.General)}",
                context.Expr.Parameter!.Position);
        }
    }
}
