using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Finds the largest parts of an expression whose value is the same at every step, so that they are evaluated once.</summary>
internal static class StepInvariance
{
    /// <summary>The expression with those parts inside a <see cref="StepInvariantExpr"/>.</summary>
    public static Expr Wrap(Expr expr)
    {
        var marked = Mark(expr);
        return marked.ShouldWrap ? Wrapped(marked.Expr) : marked.Expr;
    }

    private static Marked Mark(Expr expr)
    {
        switch (expr)
        {
            case NumberLiteral or StringLiteral:
                return new Marked(expr, IsInvariant: true, ShouldWrap: false);
            case VectorSelector selector:
                var isFixed = selector.TimestampMs is not null;
                return new Marked(expr, isFixed, isFixed);
            case MatrixSelector matrix:
                // Windows are read where they are used; they are never wrapped themselves.
                return new Marked(expr, matrix.Selector.TimestampMs is not null, ShouldWrap: false);
            case SubqueryExpr subquery:
                return MarkSubquery(subquery);
            case AggregateExpr aggregate:
                return MarkAggregate(aggregate);
            case CallExpr call:
                return MarkCall(call);
            case BinaryExpr:
                return MarkChildren(expr, isSafe: true);
            default:
                // Parentheses and signs are what they enclose.
                var inner = default(Marked);
                var result = expr.MapChildren(child => (inner = Mark(child)).Expr);
                return inner with { Expr = result };
        }
    }

    private static Marked MarkAggregate(AggregateExpr aggregate)
    {
        var inner = Mark(aggregate.Inner);
        var isInvariant = inner.IsInvariant && (aggregate.Parameter is null || Mark(aggregate.Parameter).IsInvariant);
        var wrapsInner = inner.ShouldWrap && !isInvariant;
        var result = aggregate.MapChildren(child =>
            !ReferenceEquals(child, aggregate.Inner) ? child : wrapsInner ? Wrapped(inner.Expr) : inner.Expr);
        return new Marked(result, isInvariant, isInvariant);
    }

    private static Marked MarkSubquery(SubqueryExpr subquery)
    {
        var inner = Mark(subquery.Inner);
        var result = subquery.MapChildren(_ => inner.IsInvariant ? Wrapped(inner.Expr) : inner.Expr);
        return new Marked(result, subquery.TimestampMs is not null, ShouldWrap: false);
    }

    private static Marked MarkCall(CallExpr call)
    {
        // The time of a fixed selector's sample does not change, though the time of a step does.
        var isFixedTimestamp = call.Function.Name == "timestamp" && call.Arguments[0] is VectorSelector { TimestampMs: not null };
        return MarkChildren(call, isFixedTimestamp || !FunctionTable.DependsOnTime(call.Function.Name));
    }

    private static Marked MarkChildren(Expr expr, bool isSafe)
    {
        var children = new List<Marked>();
        var isInvariant = isSafe;
        foreach (var child in expr.Children)
        {
            var marked = Mark(child);
            children.Add(marked);
            isInvariant &= marked.IsInvariant;
        }

        var next = 0;
        var result = expr.MapChildren(_ =>
        {
            var child = children[next++];
            return child.ShouldWrap && !isInvariant ? Wrapped(child.Expr) : child.Expr;
        });
        return new Marked(result, isInvariant, isInvariant);
    }

    private static StepInvariantExpr Wrapped(Expr expr) => new() { Position = expr.Position, Inner = expr };

    private readonly record struct Marked(Expr Expr, bool IsInvariant, bool ShouldWrap);
}
