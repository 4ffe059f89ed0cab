using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates the inside of a subquery on its own grid. The grid's times are multiples of its step, whatever the query's times are, so that
/// the windows of neighbouring steps share their points.
/// </summary>
internal static class SubqueryEvaluator
{
    /// <summary>The rows of the inside, and the grid they are on.</summary>
    public static List<Row> Evaluate(Evaluator evaluator, SubqueryExpr subquery, in Grid outer, out Grid inner)
    {
        inner = GridOf(subquery, outer, evaluator.Run);
        return evaluator.Evaluate(subquery.Inner, inner);
    }

    /// <summary>The length of the window, open on the left, that holds the points of a step.</summary>
    public static long RangeOf(SubqueryExpr subquery, QueryRun run) => subquery.RangeMs + (run.HasClosedSubqueries ? 1 : 0);

    public static SelectorTime TimeOf(SubqueryExpr subquery) => new(subquery.TimestampMs, subquery.OffsetMs);

    private static Grid GridOf(SubqueryExpr subquery, in Grid outer, QueryRun run)
    {
        var step = subquery.StepMs == 0 ? run.SubqueryStep : subquery.StepMs;
        var time = TimeOf(subquery);
        var bound = time.First(outer) - RangeOf(subquery, run);
        var start = step * (bound / step);
        return new Grid(start <= bound ? start + step : start, time.Last(outer), step);
    }
}
