using System.Globalization;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Calculates duration expressions, which know the query's step and length.</summary>
internal sealed class DurationEvaluator
{
    private const double MaxSeconds = 9223372036.854775807;

    private readonly double _stepSeconds;
    private readonly double _rangeSeconds;

    public DurationEvaluator(double stepSeconds, double rangeSeconds)
    {
        _stepSeconds = stepSeconds;
        _rangeSeconds = rangeSeconds;
    }

    /// <exception cref="QueryException">The result is no duration that may stand there.</exception>
    public long Milliseconds(DurationExpr expr, bool allowsNegative)
    {
        var seconds = Seconds(expr);
        if (!double.IsFinite(seconds))
        {
            throw Invalid(expr, "duration is NaN or infinite");
        }

        if (seconds <= 0 && !allowsNegative)
        {
            throw Invalid(expr, "duration must be greater than 0");
        }

        if (Math.Abs(seconds) > MaxSeconds)
        {
            throw Invalid(expr, "duration is out of range");
        }

        return (long)(seconds * 1000);
    }

    private double Seconds(Expr? expr)
    {
        switch (expr)
        {
            case null:
                return 0;
            case NumberLiteral number:
                return number.Value;
            case ParenExpr paren:
                return Seconds(paren.Inner);
            case DurationExpr duration:
                return Calculate(duration);
            default:
                throw Invalid(expr, "unexpected duration expression");
        }
    }

    private double Calculate(DurationExpr expr)
    {
        var left = Seconds(expr.Left);
        var right = Seconds(expr.Right);
        switch (expr.Operator)
        {
            case DurationOperator.Step:
                return _stepSeconds;
            case DurationOperator.Range:
                return _rangeSeconds;
            case DurationOperator.MinOf:
                return MathFunctions.Min(left, right);
            case DurationOperator.MaxOf:
                return MathFunctions.Max(left, right);
            case DurationOperator.Add:
                return left + right;
            case DurationOperator.Subtract:
                return left - right;
            case DurationOperator.Multiply:
                return left * right;
            case DurationOperator.Divide:
                return right == 0 ? throw Invalid(expr, "division by zero") : left / right;
            case DurationOperator.Modulo:
                return right == 0 ? throw Invalid(expr, "modulo by zero") : left % right;
            default:
                return Math.Pow(left, right);
        }
    }

    private static QueryException Invalid(Expr expr, string text) => new(
        QueryErrorKind.BadQuery,
        string.Create(CultureInfo.InvariantCulture, $"{expr.Position.Start}:{expr.Position.End}: {text}"));
}
