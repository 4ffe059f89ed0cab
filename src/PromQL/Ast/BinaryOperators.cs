namespace Tallygate.PromQL.Ast;

/// <summary>What is known of the binary operators: their text, how tightly they bind, and of which kind they are.</summary>
public static class BinaryOperators
{
    /// <summary>The operator as it is written.</summary>
    public static string Text(this BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.Modulo => "%",
        BinaryOperator.Power => "^",
        BinaryOperator.Atan2 => "atan2",
        BinaryOperator.Equal => "==",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Greater => ">",
        BinaryOperator.GreaterOrEqual => ">=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.TrimUpper => "</",
        BinaryOperator.TrimLower => ">/",
        BinaryOperator.And => "and",
        BinaryOperator.Or => "or",
        _ => "unless",
    };

    /// <summary>1 (<c>or</c>) to 6 (<c>^</c>, the only one that groups from the right): the higher, the tighter.</summary>
    public static int Precedence(this BinaryOperator op) => op switch
    {
        BinaryOperator.Or => 1,
        BinaryOperator.And or BinaryOperator.Unless => 2,
        BinaryOperator.Add or BinaryOperator.Subtract => 4,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo or BinaryOperator.Atan2 => 5,
        BinaryOperator.Power => 6,
        _ => 3,
    };

    /// <summary>Whether it compares: <c>== != &gt; &gt;= &lt; &lt;=</c>.</summary>
    public static bool IsComparison(this BinaryOperator op) => op is >= BinaryOperator.Equal and <= BinaryOperator.LessOrEqual;

    /// <summary>Whether it is <c>and</c>, <c>or</c> or <c>unless</c>.</summary>
    public static bool IsSet(this BinaryOperator op) => op is >= BinaryOperator.And and <= BinaryOperator.Unless;
}
