using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>An expression in parentheses.</summary>
public sealed class ParenExpr : Expr
{
    // None until it has been asked for; finding it out twice does no harm.
    private ExprType _type;

    /// <summary>What stands inside.</summary>
    public required Expr Inner { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => _type != ExprType.None ? _type : _type = Inner.Type;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var inner = map(Inner);
        return ReferenceEquals(inner, Inner) ? this : new ParenExpr { Position = Position, Inner = inner };
    }

    internal override void AppendTo(StringBuilder text)
    {
        text.Append('(');
        Inner.AppendTo(text);
        text.Append(')');
    }
}
