using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Makes a parsed expression ready for one query: duration expressions, <c>@ start()</c>, <c>@ end()</c> and the functions that stand for the
/// query's own times become numbers, and arguments lose their parentheses.
/// </summary>
internal sealed class Preparation
{
    private readonly long _start;
    private readonly long _end;
    private readonly DurationEvaluator _durations;
    private readonly double _stepSeconds;

    private Preparation(long start, long end, long step)
    {
        _start = start;
        _end = end;
        _stepSeconds = start == end ? 0 : step / 1000.0;
        _durations = new DurationEvaluator(step / 1000.0, (end - start) / 1000.0);
    }

    /// <param name="step">The query's step in milliseconds; 0 for an instant query.</param>
    public static Expr Prepare(Expr expr, long start, long end, long step) =>
        StepInvariance.Wrap(BucketNeeds.Mark(new Preparation(start, end, step).Resolve(expr)));

    private Expr Resolve(Expr expr)
    {
        switch (expr)
        {
            case VectorSelector selector:
                return Resolve(selector);
            case MatrixSelector matrix:
                var range = matrix.RangeExpr is null ? matrix.RangeMs : _durations.Milliseconds(matrix.RangeExpr, allowsNegative: false);
                return new MatrixSelector { Position = matrix.Position, Selector = Resolve(matrix.Selector), RangeMs = range };
            case SubqueryExpr subquery:
                return Resolve(subquery);
            case CallExpr { Function.Name: "start" or "end" or "range" or "step" } call:
                return new NumberLiteral { Position = call.Position, Value = Constant(call.Function.Name) };
            case CallExpr call:
                return call.MapChildren(argument => WithoutParens(Resolve(argument)));
            case AggregateExpr aggregate:
                return aggregate.MapChildren(child => WithoutParens(Resolve(child)));
            default:
                return expr.MapChildren(Resolve);
        }
    }

    private VectorSelector Resolve(VectorSelector selector)
    {
        if (selector.OffsetExpr is null && selector.At == AtModifier.None)
        {
            return selector;
        }

        var offset = selector.OffsetExpr is null ? selector.OffsetMs : _durations.Milliseconds(selector.OffsetExpr, allowsNegative: true);
        return selector.With(offset, Time(selector.At, selector.TimestampMs), AtModifier.None);
    }

    private SubqueryExpr Resolve(SubqueryExpr subquery) => new()
    {
        Position = subquery.Position,
        Inner = Resolve(subquery.Inner),
        OffsetMs = subquery.OffsetExpr is null ? subquery.OffsetMs : _durations.Milliseconds(subquery.OffsetExpr, allowsNegative: true),
        StepMs = subquery.StepExpr is null ? subquery.StepMs : _durations.Milliseconds(subquery.StepExpr, allowsNegative: false),
        RangeMs = subquery.RangeExpr is null ? subquery.RangeMs : _durations.Milliseconds(subquery.RangeExpr, allowsNegative: false),
        TimestampMs = Time(subquery.At, subquery.TimestampMs),
    };

    private long? Time(AtModifier at, long? timestamp) => at switch
    {
        AtModifier.Start => _start,
        AtModifier.End => _end,
        _ => timestamp,
    };

    private double Constant(string function) => function switch
    {
        "start" => _start / 1000.0,
        "end" => _end / 1000.0,
        "range" => (_end - _start) / 1000.0,
        _ => _stepSeconds,
    };

    private static Expr WithoutParens(Expr expr)
    {
        while (expr is ParenExpr paren)
        {
            expr = paren.Inner;
        }

        return expr;
    }
}
