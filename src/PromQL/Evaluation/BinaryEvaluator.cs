using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Evaluates binary operators: between scalars, between a vector and a scalar, and between vectors.</summary>
internal sealed class BinaryEvaluator
{
    private readonly Evaluator _evaluator;
    private readonly QueryRun _run;

    public BinaryEvaluator(Evaluator evaluator)
    {
        _evaluator = evaluator;
        _run = evaluator.Run;
    }

    public List<Row> Evaluate(BinaryExpr expr, in Grid grid)
    {
        var left = _evaluator.Evaluate(expr.Left, grid);
        var right = _evaluator.Evaluate(expr.Right, grid);
        var leftIsScalar = expr.Left.Type == ExprType.Scalar;
        var rightIsScalar = expr.Right.Type == ExprType.Scalar;
        if (leftIsScalar && rightIsScalar)
        {
            return [Scalars(expr.Operator, left[0], right[0])];
        }

        if (leftIsScalar || rightIsScalar)
        {
            return leftIsScalar ? WithScalar(expr, right, left[0].Values, isLeft: true) : WithScalar(expr, left, right[0].Values, isLeft: false);
        }

        return expr.Operator.IsSet()
            ? SetOperators.Evaluate(expr, left, right, grid.Count, _run.Limiter.Work)
            : new VectorMatcher(expr, _run, grid.Count).Evaluate(left, right);
    }

    private static Row Scalars(BinaryOperator op, Row left, Row right)
    {
        for (var step = 0; step < left.Steps; step++)
        {
            var a = left.Values[step];
            var b = right.Values[step];
            left.Values[step] = op.IsComparison() ? (FloatOperators.Compare(op, a, b) ? 1 : 0) : FloatOperators.Calculate(op, a, b);
        }

        return left;
    }

    private List<Row> WithScalar(BinaryExpr expr, List<Row> rows, double[] scalar, bool isLeft)
    {
        var operation = new ElementOperation(expr, rows.Count == 0 ? 0 : rows[0].Steps);
        var isComparison = expr.Operator.IsComparison();
        foreach (var row in rows)
        {
            _run.Limiter.Work(row.Steps);
            for (var step = 0; step < row.Steps; step++)
            {
                if (!row.Has(step))
                {
                    continue;
                }

                var element = row.Values[step];
                var histogram = row.HistogramAt(step);
                var applies = isLeft
                    ? operation.TryApply(step, scalar[step], null, element, histogram, out var value, out var result, out var keeps)
                    : operation.TryApply(step, element, histogram, scalar[step], null, out value, out result, out keeps);
                if (!applies || (!keeps && !expr.ReturnsBool))
                {
                    row.Clear(step);
                }
                else if (expr.ReturnsBool)
                {
                    row.Clear(step);
                    row.Values[step] = keeps ? 1 : 0;
                }
                else if (result is not null)
                {
                    row.SetHistogram(step, result);
                }
                else if (!isComparison)
                {
                    // A comparison keeps the vector's element, on whichever side it is.
                    row.Values[step] = value;
                }
            }

            if (FloatOperators.ChangesMeaning(expr.Operator) || expr.ReturnsBool)
            {
                RowSet.DropName(row, _run.DelayedNameRemoval);
            }
        }

        operation.Tell(_run.Annotations);
        rows.RemoveAll(static row => row.IsEmpty());
        return RowSet.Merge(rows, _run.Limiter.Work);
    }
}
