using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>An operator between two expressions.</summary>
public sealed class BinaryExpr : Expr
{
    private ExprType? _type;

    /// <summary>The operator.</summary>
    public required BinaryOperator Operator { get; init; }

    /// <summary>The left side.</summary>
    public required Expr Left { get; init; }

    /// <summary>The right side.</summary>
    public required Expr Right { get; init; }

    /// <summary>How series are matched; null unless both sides are instant vectors.</summary>
    public VectorMatching? Matching { get; init; }

    /// <summary>Whether a comparison gives 0 or 1 (<c>bool</c>) instead of filtering.</summary>
    public bool ReturnsBool { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => _type ??=
        Left.Type == ExprType.Scalar && Right.Type == ExprType.Scalar ? ExprType.Scalar : ExprType.Vector;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Left, Right];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var left = map(Left);
        var right = map(Right);
        return ReferenceEquals(left, Left) && ReferenceEquals(right, Right)
            ? this
            : new BinaryExpr
            {
                Position = Position,
                Operator = Operator,
                Left = left,
                Right = right,
                Matching = Matching,
                ReturnsBool = ReturnsBool,
            };
    }

    internal override void AppendTo(StringBuilder text)
    {
        Left.AppendTo(text);
        text.Append(' ').Append(Operator.Text()).Append(' ');
        Right.AppendTo(text);
    }
}
