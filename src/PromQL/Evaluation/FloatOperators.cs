using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Evaluation;

/// <summary>The binary operators on two floats.</summary>
internal static class FloatOperators
{
    /// <summary>The result of an arithmetic operator.</summary>
    public static double Calculate(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.Modulo => left % right,
        BinaryOperator.Power => Math.Pow(left, right),
        _ => Math.Atan2(left, right),
    };

    /// <summary>Whether a comparison holds.</summary>
    public static bool Compare(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Equal => left == right,
        BinaryOperator.NotEqual => left != right,
        BinaryOperator.Greater => left > right,
        BinaryOperator.Less => left < right,
        BinaryOperator.GreaterOrEqual => left >= right,
        _ => left <= right,
    };

    /// <summary>Whether the operator makes another quantity of what it is given, so that the metric name no longer fits.</summary>
    public static bool ChangesMeaning(BinaryOperator op) => op <= BinaryOperator.Atan2;
}
