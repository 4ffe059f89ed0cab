using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Calculations of operators with native histograms.</summary>
internal static class HistogramOperations
{
    public static FloatHistogram Negate(FloatHistogram histogram) => throw NotSupported();

    /// <summary>A binary operator with a histogram on at least one side, or one that is made for histograms.</summary>
    public static bool TryApply(
        BinaryExpr expr,
        double left,
        FloatHistogram? leftHistogram,
        double right,
        FloatHistogram? rightHistogram,
        Annotations annotations,
        out FloatHistogram? histogram,
        out bool keeps)
    {
        histogram = null;
        keeps = false;
        if (leftHistogram is null && rightHistogram is null)
        {
            annotations.Inform(
                $"incompatible sample types encountered for binary operator {GoQuote.Quote(expr.Operator.Text())}: "
                    + $"float {expr.Operator.Text()} float",
                expr.Position);
            return false;
        }

        throw NotSupported();
    }

    private static QueryException NotSupported() => QueryException.Execution("operators over native histograms are not supported yet");
}
