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
        inner = GridOf(subquery, outer, evaluator.Run.SubqueryStep);
        return evaluator.Evaluate(subquery.Inner, inner);
    }

    public static SelectorTime TimeOf(SubqueryExpr subquery) => new(subquery.TimestampMs, subquery.OffsetMs);

    private static Grid GridOf(SubqueryExpr subquery, in Grid outer, long defaultStep)
    {
        var step = subquery.StepMs == 0 ? defaultStep : subquery.StepMs;
        var time = TimeOf(subquery);
        var bound = time.First(outer) - subquery.RangeMs;
        var start = step * (bound / step);
        return new Grid(start <= bound ? start + step : start, time.Last(outer), step);
    }
}
