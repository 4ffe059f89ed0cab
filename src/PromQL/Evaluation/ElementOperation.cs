using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// One binary operator on two elements of vectors, floats or histograms. Of what there is to say about the elements of a step only the last
/// is told, as in Prometheus.
/// </summary>
internal sealed class ElementOperation
{
    private readonly BinaryExpr _expr;
    private readonly int _steps;
    private OperatorNote?[]? _notes;

    public ElementOperation(BinaryExpr expr, int steps)
    {
        _expr = expr;
        _steps = steps;
    }

    public BinaryOperator Operator => _expr.Operator;

    /// <summary>Applies the operator; false where the two do not go together and there is no result.</summary>
    /// <param name="keeps">Whether a comparison holds; true for all else.</param>
    public bool TryApply(
        int step,
        double left,
        FloatHistogram? leftHistogram,
        double right,
        FloatHistogram? rightHistogram,
        out double value,
        out FloatHistogram? histogram,
        out bool keeps)
    {
        value = 0;
        if (leftHistogram is not null || rightHistogram is not null || Operator is BinaryOperator.TrimLower or BinaryOperator.TrimUpper)
        {
            var applies = HistogramOperations.TryApply(
                Operator, left, leftHistogram, right, rightHistogram, out histogram, out keeps, out var note);
            if (note is not null)
            {
                (_notes ??= new OperatorNote?[_steps])[step] = note;
            }

            return applies;
        }

        histogram = null;
        keeps = true;
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

    /// <summary>Says what there is to say once all elements are through.</summary>
    public void Tell(Annotations annotations)
    {
        foreach (var note in _notes ?? [])
        {
            if (note is { IsWarning: true } warning)
            {
                annotations.Warn(warning.Text, _expr.Position);
            }
            else if (note is { } info)
            {
                annotations.Inform(info.Text, _expr.Position);
            }
        }
    }
}
