using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// The order of an instant vector that is an answer: that of its expression where it gives one, else by labels, so that an answer does not
/// depend on where the samples lie on disk.
/// </summary>
internal static class AnswerOrder
{
    /// <summary>Puts elements in order by their labels, unless the expression has an order of its own.</summary>
    public static void Apply(Expr expr, List<VectorSample> samples)
    {
        if (!IsInOrder(samples) && !HasOrder(expr))
        {
            samples.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        }
    }

    private static bool HasOrder(Expr expr) => expr switch
    {
        CallExpr call when call.Function.Name.StartsWith("sort", StringComparison.Ordinal) => true,
        AggregateExpr { Operator: AggregateOperator.TopK or AggregateOperator.BottomK } => true,
        _ => expr.Children.Any(HasOrder),
    };

    private static bool IsInOrder(List<VectorSample> samples)
    {
        for (var i = 1; i < samples.Count; i++)
        {
            if (samples[i - 1].Labels.CompareTo(samples[i].Labels) > 0)
            {
                return false;
            }
        }

        return true;
    }
}
