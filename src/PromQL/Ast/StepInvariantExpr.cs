using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>Says that what it wraps has the same value at every step. The parser never makes it; who evaluates does.</summary>
public sealed class StepInvariantExpr : Expr
{
    /// <summary>What is wrapped.</summary>
    public required Expr Inner { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => Inner.Type;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var inner = map(Inner);
        return ReferenceEquals(inner, Inner) ? this : new StepInvariantExpr { Position = Position, Inner = inner };
    }

    internal override void AppendTo(StringBuilder text) => Inner.AppendTo(text);
}
