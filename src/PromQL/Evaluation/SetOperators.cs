using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Evaluates <c>and</c>, <c>or</c> and <c>unless</c>: which samples stay depends on whether the other side has a match at the step.</summary>
internal static class SetOperators
{
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public static List<Row> Evaluate(BinaryExpr expr, List<Row> left, List<Row> right, int steps, Action<int> work)
    {
        var signatures = new MatchSignatures(expr.Matching!);
        var leftNumbers = signatures.Of(left, work);
        var rightNumbers = signatures.Of(right, work);
        switch (expr.Operator)
        {
            case BinaryOperator.And:
                Keep(left, leftNumbers, Presence(right, rightNumbers, signatures.Count, steps, work), wanted: true, work);
                return left;
            case BinaryOperator.Unless:
                Keep(left, leftNumbers, Presence(right, rightNumbers, signatures.Count, steps, work), wanted: false, work);
                return left;
            default:
                Keep(right, rightNumbers, Presence(left, leftNumbers, signatures.Count, steps, work), wanted: false, work);
                left.AddRange(right);
                return RowSet.Merge(left, work);
        }
    }

    /// <summary>For each signature at which steps a row of it has a sample; null where there is no such row.</summary>
    private static bool[]?[] Presence(List<Row> rows, int[] numbers, int signatures, int steps, Action<int> work)
    {
        var presence = new bool[signatures][];
        for (var i = 0; i < rows.Count; i++)
        {
            work(steps);
            var present = presence[numbers[i]] ??= new bool[steps];
            for (var step = 0; step < steps; step++)
            {
                present[step] |= rows[i].Has(step);
            }
        }

        return presence;
    }

    private static void Keep(List<Row> rows, int[] numbers, bool[]?[] presence, bool wanted, Action<int> work)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            work(rows[i].Steps);
            var present = presence[numbers[i]];
            for (var step = 0; step < rows[i].Steps; step++)
            {
                if ((present is not null && present[step]) != wanted)
                {
                    rows[i].Clear(step);
                }
            }
        }

        rows.RemoveAll(static row => row.IsEmpty());
    }
}
