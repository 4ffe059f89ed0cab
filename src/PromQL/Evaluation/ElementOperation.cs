using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>One binary operator on two elements of vectors, floats or histograms, with what it has to say.</summary>
internal sealed class ElementOperation
{
    private readonly BinaryExpr _expr;
    private readonly Annotations _annotations;

    public ElementOperation(BinaryExpr expr, Annotations annotations)
    {
        _expr = expr;
        _annotations = annotations;
    }

    public BinaryOperator Operator => _expr.Operator;

    /// <summary>Applies the operator; false where the two do not go together and there is no result.</summary>
    /// <param name="keeps">Whether a comparison holds; true for all else.</param>
    public bool TryApply(
        double left,
        FloatHistogram? leftHistogram,
        double right,
        FloatHistogram? rightHistogram,
        out double value,
        out FloatHistogram? histogram,
        out bool keeps)
    {
        value = 0;
        histogram = null;
        keeps = true;
        if (leftHistogram is not null || rightHistogram is not null || Operator is BinaryOperator.TrimLower or BinaryOperator.TrimUpper)
        {
            return HistogramOperations.TryApply(
                _expr, left, leftHistogram, right, rightHistogram, _annotations, out histogram, out keeps);
        }

        if (Operator.IsComparison())
        {
            value = left;
            keeps = FloatOperators.Compare(Operator, left, right);
        }
        else
        {
            value = FloatOperators.Calculate(Operator, left, right);
        }

        return true;
    }
}
