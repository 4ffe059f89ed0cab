using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>A calculation, in seconds, inside <c>[…]</c> or behind <c>offset</c>. Its leaves are <see cref="NumberLiteral"/>.</summary>
public sealed class DurationExpr : Expr
{
    /// <summary>What is calculated.</summary>
    public required DurationOperator Operator { get; init; }

    /// <summary>The left side: a <see cref="DurationExpr"/> or a <see cref="NumberLiteral"/>; null for signs, <c>step()</c> and <c>range()</c>.</summary>
    public Expr? Left { get; init; }

    /// <summary>The right side: a <see cref="DurationExpr"/> or a <see cref="NumberLiteral"/>; null for <c>step()</c> and <c>range()</c>.</summary>
    public Expr? Right { get; init; }

    /// <summary>Whether it was written in parentheses.</summary>
    public bool InParens { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Scalar;

    internal override void AppendTo(StringBuilder text)
    {
        if (InParens)
        {
            text.Append('(');
        }

        switch (Operator)
        {
            case DurationOperator.Step:
                text.Append("step()");
                break;
            case DurationOperator.Range:
                text.Append("range()");
                break;
            case DurationOperator.MinOf or DurationOperator.MaxOf:
                text.Append(Operator == DurationOperator.MinOf ? "min_of(" : "max_of(");
                Left!.AppendTo(text);
                text.Append(", ");
                Right!.AppendTo(text);
                text.Append(')');
                break;
            default:
                AppendOperationTo(text);
                break;
        }

        if (InParens)
        {
            text.Append(')');
        }
    }

    private void AppendOperationTo(StringBuilder text)
    {
        var symbol = Operator switch
        {
            DurationOperator.Add => '+',
            DurationOperator.Subtract => '-',
            DurationOperator.Multiply => '*',
            DurationOperator.Divide => '/',
            DurationOperator.Modulo => '%',
            _ => '^',
        };
        if (Left is not null)
        {
            Left.AppendTo(text);
            text.Append(' ').Append(symbol).Append(' ');
        }
        else if (symbol == '-')
        {
            text.Append('-');
        }

        Right!.AppendTo(text);
    }
}
