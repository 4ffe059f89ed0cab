using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Evaluation.Aggregations;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Evaluates aggregations that make one row of each group; those that choose among rows are <see cref="SelectionEvaluator"/>'s.</summary>
internal sealed class AggregateEvaluator
{
    /// <summary>How many columns a group has: its row, and what an aggregate keeps.</summary>
    public const int RoomOfGroup = 3;

    private readonly Evaluator _evaluator;
    private readonly QueryRun _run;

    public AggregateEvaluator(Evaluator evaluator)
    {
        _evaluator = evaluator;
        _run = evaluator.Run;
    }

    public List<Row> Evaluate(AggregateExpr expr, in Grid grid)
    {
        var function = expr.Operator.Text();
        var grouping = new LabelGrouping(expr);
        if (expr.Operator == AggregateOperator.CountValues)
        {
            var label = ((StringLiteral)expr.Parameter!).Value;
            if (!NameValidation.IsUtf8Name(label))
            {
                throw QueryException.Execution($"invalid label name {GoQuote.Quote(label)}");
            }

            var valued = _evaluator.Evaluate(expr.Inner, grid, function);
            return CountValues.Evaluate(valued, label, grid.Count, grouping.Of, _run.Limiter.Work, _run.Limiter.MakeRoom);
        }

        var parameter = expr.Parameter is null ? [] : _evaluator.Evaluate(expr.Parameter, grid)[0].Values;
        var context = new AggregateContext(expr, grid.Count, parameter, _run.Annotations, grid.IsInstant, _run.Limiter.Work);
        if (!_run.IsGeneric && !ChoosesRows(expr.Operator) && Evaluator.CanStream(expr.Inner))
        {
            return Stream(context, grouping, grid);
        }

        var rows = _evaluator.Evaluate(expr.Inner, grid, function);
        switch (expr.Operator)
        {
            case var op when ChoosesRows(op):
                return SelectionEvaluator.Evaluate(context, Group(rows, grouping, _run.Limiter.Work), _run.Limiter);
            case AggregateOperator.Quantile:
                WarnOfInvalidQuantile(context);
                break;
        }

        return Aggregate(context, Group(rows, grouping, _run.Limiter.Work));
    }

    /// <summary>What aggregates one group.</summary>
    public static GroupAggregate Create(AggregateContext context) => context.Expr.Operator switch
    {
        AggregateOperator.Sum => new SumAggregate(context),
        AggregateOperator.Avg => new AvgAggregate(context),
        AggregateOperator.Count => new CountAggregate(context, onlyPresence: false),
        AggregateOperator.Group => new CountAggregate(context, onlyPresence: true),
        AggregateOperator.Min => new ExtremeAggregate(context, isMax: false),
        AggregateOperator.Max => new ExtremeAggregate(context, isMax: true),
        AggregateOperator.Stddev => new VarianceAggregate(context, takesRoot: true),
        AggregateOperator.Stdvar => new VarianceAggregate(context, takesRoot: false),
        _ => new QuantileAggregate(context),
    };

    /// <summary>Aggregates rows while they are evaluated. It says and gives what the other way says and gives.</summary>
    private List<Row> Stream(AggregateContext context, LabelGrouping grouping, in Grid grid)
    {
        var held = _run.Limiter.Held;
        var groups = new RowGroups(context, grouping, _run.Limiter, HasDistinctRows(context.Expr.Inner));
        _evaluator.Stream(context.Expr.Inner, grid, context.Expr.Operator.Text(), groups);
        if (!_run.DelayedNameRemoval && groups.HasTwins())
        {
            throw QueryException.SameLabels();
        }

        if (context.Expr.Operator == AggregateOperator.Quantile)
        {
            WarnOfInvalidQuantile(context);
        }

        _run.Limiter.ReturnTo(held);
        return groups.Finish();
    }

    private static bool HasDistinctRows(Expr expr) =>
        expr is not CallExpr call || call.Arguments.Any(static argument => argument is MatrixSelector);

    private static bool ChoosesRows(AggregateOperator op) =>
        op is AggregateOperator.TopK or AggregateOperator.BottomK or AggregateOperator.LimitK or AggregateOperator.LimitRatio;

    private List<Row> Aggregate(AggregateContext context, List<(Labels Labels, List<Row> Rows)> groups)
    {
        var results = new List<Row>(groups.Count);
        foreach (var (labels, members) in groups)
        {
            _run.Limiter.MakeRoom(RoomOfGroup * context.Steps);
            var aggregate = Create(context);
            var result = Row.Blank(labels, context.Steps);
            foreach (var row in members)
            {
                _run.Limiter.Work(context.Steps);
                aggregate.Add(row);
                result.DropsName |= row.DropsName;
            }

            aggregate.Finish(result);
            if (!result.IsEmpty())
            {
                results.Add(result);
            }
        }

        return results;
    }

    /// <summary>The rows by group, groups and rows in the order in which they come.</summary>
    private static List<(Labels Labels, List<Row> Rows)> Group(List<Row> rows, LabelGrouping grouping, Action<int> work)
    {
        var groups = new List<(Labels Labels, List<Row> Rows)>();
        var byLabels = new Dictionary<Labels, List<Row>>();
        foreach (var row in rows)
        {
            work(8);
            var labels = grouping.Of(row.Labels);
            if (!byLabels.TryGetValue(labels, out var members))
            {
                members = [];
                byLabels.Add(labels, members);
                groups.Add((labels, members));
            }

            members.Add(row);
        }

        return groups;
    }

    private static void WarnOfInvalidQuantile(AggregateContext context)
    {
        foreach (var q in Extremes(context.Parameter).Where(Quantiles.IsInvalid))
        {
            context.Annotations.Warn(Quantiles.InvalidText(q), context.Expr.Parameter!.Position);
        }
    }

    /// <summary>NaN if there is any, the largest and the smallest value.</summary>
    private static IEnumerable<double> Extremes(double[] values)
    {
        var numbers = Array.FindAll(values, static value => !double.IsNaN(value));
        if (numbers.Length < values.Length)
        {
            yield return double.NaN;
        }

        if (numbers.Length > 0)
        {
            yield return numbers.Max();
            yield return numbers.Min();
        }
    }
}
