using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>How tightly operators bind inside durations: as in expressions.</summary>
internal static class DurationPrecedence
{
    /// <summary>Signs bind as multiplication does.</summary>
    public const int Sign = 2;

    public static bool TryGet(TokenKind kind, out DurationOperator op, out int precedence)
    {
        (op, precedence) = kind switch
        {
            TokenKind.Add => (DurationOperator.Add, 1),
            TokenKind.Subtract => (DurationOperator.Subtract, 1),
            TokenKind.Multiply => (DurationOperator.Multiply, 2),
            TokenKind.Divide => (DurationOperator.Divide, 2),
            TokenKind.Modulo => (DurationOperator.Modulo, 2),
            TokenKind.Power => (DurationOperator.Power, 3),
            _ => (default, 0),
        };
        return precedence > 0;
    }
}
