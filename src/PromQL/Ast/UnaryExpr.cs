using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>A sign before an expression. A sign directly before a number belongs to the number, unless a power follows.</summary>
public sealed class UnaryExpr : Expr
{
    // None until it has been asked for; finding it out twice does no harm.
    private ExprType _type;

    /// <summary>Whether the sign is a minus; otherwise it is a plus.</summary>
    public required bool IsNegation { get; init; }

    /// <summary>What the sign stands before.</summary>
    public required Expr Operand { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => _type != ExprType.None ? _type : _type = Operand.Type;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Operand];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var operand = map(Operand);
        return ReferenceEquals(operand, Operand)
            ? this
            : new UnaryExpr { Position = Position, IsNegation = IsNegation, Operand = operand };
    }

    internal override void AppendTo(StringBuilder text)
    {
        text.Append(IsNegation ? '-' : '+');
        Operand.AppendTo(text);
    }
}
