using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Calculations of operators with native histograms.</summary>
internal static class HistogramOperations
{
    public static FloatHistogram Negate(FloatHistogram histogram)
    {
        var result = histogram.Copy();
        result.Multiply(-1);
        return result;
    }

    /// <summary>A binary operator with a histogram on at least one side, or one that is made for histograms; false where it has no result.</summary>
    /// <param name="keeps">Whether a comparison holds; true for all else that has a result.</param>
    public static bool TryApply(
        BinaryOperator op,
        double left,
        FloatHistogram? leftHistogram,
        double right,
        FloatHistogram? rightHistogram,
        out FloatHistogram? histogram,
        out bool keeps,
        out OperatorNote? note)
    {
        keeps = true;
        note = null;
        histogram = null;
        switch (leftHistogram, rightHistogram)
        {
            case (not null, not null) when op is BinaryOperator.Equal or BinaryOperator.NotEqual:
                histogram = leftHistogram;
                keeps = leftHistogram.HasSameBits(rightHistogram) == (op == BinaryOperator.Equal);
                break;
            case (not null, not null) when op is BinaryOperator.Add or BinaryOperator.Subtract:
                return TryCombine(op, leftHistogram, rightHistogram, out histogram, out note);
            case (not null, null):
                histogram = WithFloat(op, leftHistogram, right);
                break;
            case (null, not null) when op == BinaryOperator.Multiply:
                histogram = WithFloat(op, rightHistogram, left);
                break;
        }

        if (histogram is not null)
        {
            return true;
        }

        keeps = false;
        note = new OperatorNote(
            IsWarning: false,
            $"incompatible sample types encountered for binary operator {GoQuote.Quote(op.Text())}: "
                + $"{Kind(leftHistogram)} {op.Text()} {Kind(rightHistogram)}");
        return false;
    }

    private static FloatHistogram? WithFloat(BinaryOperator op, FloatHistogram histogram, double value)
    {
        var result = histogram.Copy();
        switch (op)
        {
            case BinaryOperator.Multiply:
                result.Multiply(value);
                break;
            case BinaryOperator.Divide:
                result.Divide(value);
                break;
            case BinaryOperator.TrimUpper:
                result.TrimAbove(value);
                return result;
            case BinaryOperator.TrimLower:
                result.TrimBelow(value);
                return result;
            default:
                return null;
        }

        result.Compact();
        return result;
    }

    private static bool TryCombine(
        BinaryOperator op, FloatHistogram left, FloatHistogram right, out FloatHistogram? histogram, out OperatorNote? note)
    {
        histogram = null;
        note = null;
        var adds = op == BinaryOperator.Add;
        var result = left.Copy();
        if (!(adds ? result.TryAdd(right, out var notes) : result.TrySubtract(right, out notes)))
        {
            note = new OperatorNote(IsWarning: true, $"incompatible bucket layout encountered for binary operator {op.Text()}");
            return false;
        }

        var operation = adds ? Annotations.Addition : Annotations.Subtraction;
        if (notes.HasFlag(HistogramNotes.CounterResetCollision))
        {
            // Prometheus has no result here either.
            note = new OperatorNote(IsWarning: true, Annotations.ResetCollisionText(operation));
            return false;
        }

        if (notes.HasFlag(HistogramNotes.BoundsReconciled))
        {
            note = new OperatorNote(IsWarning: false, Annotations.ReconciledBoundsText(operation));
        }

        if (!adds)
        {
            result.CounterResetHint = CounterResetHint.Gauge;
        }

        result.Compact();
        histogram = result;
        return true;
    }

    private static string Kind(FloatHistogram? histogram) => histogram is null ? "float" : "histogram";
}
