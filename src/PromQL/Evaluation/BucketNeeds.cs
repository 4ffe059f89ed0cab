using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Finds the selectors of whose native histograms only count and sum are wanted, as Prometheus does: it shows in what is said of buckets that
/// do not fit each other, and in histograms that are equal but for their buckets.
/// </summary>
internal static class BucketNeeds
{
    /// <summary>The expression with those selectors marked.</summary>
    public static Expr Mark(Expr expr) => Mark(expr, isReducedToSums: false);

    private static Expr Mark(Expr expr, bool isReducedToSums)
    {
        switch (expr)
        {
            case VectorSelector selector:
                return isReducedToSums ? selector.WithoutBuckets() : selector;
            case SubqueryExpr:
            case CallExpr { Function.Name: "histogram_quantile" or "histogram_quantiles" or "histogram_fraction" }:
            case BinaryExpr { Operator: BinaryOperator.TrimLower or BinaryOperator.TrimUpper }:
                // Whatever stands in there, and however deep, needs the buckets.
                return expr;
            case CallExpr { Function.Name: "histogram_count" or "histogram_sum" or "histogram_avg" }:
                return expr.MapChildren(static child => Mark(child, isReducedToSums: true));
            default:
                return expr.MapChildren(child => Mark(child, isReducedToSums));
        }
    }
}
