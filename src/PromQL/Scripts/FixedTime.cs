using System.Diagnostics.CodeAnalysis;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Scripts;

/// <summary>Rewrites an expression so that its answer no longer depends on when it is asked: <c>@</c> on every selector and subquery.</summary>
internal static class FixedTime
{
    private static readonly string[] QueryTimeCalls = ["start()", "end()", "range()", "step()"];

    /// <summary>False where a function in the expression looks at the time of evaluation itself.</summary>
    public static bool TryApply(Expr expr, long time, [NotNullWhen(true)] out Expr? result)
    {
        result = DependsOnTime(expr) ? null : Apply(expr, time);
        return result is not null;
    }

    /// <summary>Whether the text names the query's own times, which differ in a range query.</summary>
    public static bool DependsOnQueryTimes(string text) => Array.Exists(QueryTimeCalls, call => text.Contains(call, StringComparison.Ordinal));

    private static bool DependsOnTime(Expr expr) =>
        (expr is CallExpr call && FunctionTable.DependsOnTime(call.Function.Name)) || expr.Children.Any(DependsOnTime);

    private static Expr Apply(Expr expr, long time) => expr switch
    {
        VectorSelector { TimestampMs: null } selector => selector.OffsetExpr is null
            ? selector.With(selector.OffsetMs, time, AtModifier.None)
            : selector.Copy(selector.Position, selector.OffsetMs, selector.OffsetExpr, time, AtModifier.None, selector.Anchored, selector.Smoothed),

        // A fixed subquery fixes what is in it.
        SubqueryExpr { TimestampMs: null } subquery =>
            subquery.Copy(subquery.Position, subquery.OffsetMs, subquery.OffsetExpr, time, AtModifier.None),
        VectorSelector or SubqueryExpr => expr,
        _ => expr.MapChildren(child => Apply(child, time)),
    };
}
