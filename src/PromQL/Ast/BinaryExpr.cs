using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Ast;

/// <summary>An operator between two expressions.</summary>
public sealed class BinaryExpr : Expr
{
    // None until it has been asked for; finding it out twice does no harm.
    private ExprType _type;

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
    public override ExprType Type => _type != ExprType.None ? _type : _type = OperandsType();

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
        // Long chains lean to the left: they are written without recursion.
        var chain = new Stack<BinaryExpr>([this]);
        while (chain.Peek().Left is BinaryExpr left)
        {
            chain.Push(left);
        }

        chain.Peek().Left.AppendTo(text);
        foreach (var node in chain)
        {
            text.Append(' ');
            node.AppendOperatorTo(text);
            text.Append(' ');
            node.Right.AppendTo(text);
        }
    }

    /// <summary>The operator and what modifies it.</summary>
    internal void AppendOperatorTo(StringBuilder text)
    {
        text.Append(Operator.Text());
        if (ReturnsBool)
        {
            text.Append(" bool");
        }

        if (Matching is null)
        {
            return;
        }

        var grouped = Matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
        if (Matching.Labels.Count > 0 || Matching.On || grouped)
        {
            LabelNames.AppendList(text.Append(Matching.On ? " on (" : " ignoring ("), Matching.Labels);
        }

        if (grouped)
        {
            var word = Matching.Cardinality == MatchCardinality.ManyToOne ? " group_left (" : " group_right (";
            LabelNames.AppendList(text.Append(word), Matching.Include);
        }

        if (Matching.FillLeft is { } both && both == Matching.FillRight)
        {
            AppendFill(text, " fill (", both);
            return;
        }

        if (Matching.FillLeft is { } left)
        {
            AppendFill(text, " fill_left (", left);
        }

        if (Matching.FillRight is { } right)
        {
            AppendFill(text, " fill_right (", right);
        }
    }

    private static void AppendFill(StringBuilder text, string word, double value)
    {
        FloatText.Append(text.Append(word), value, FloatForm.General);
        text.Append(')');
    }

    private ExprType OperandsType() =>
        Left.Type == ExprType.Scalar && Right.Type == ExprType.Scalar ? ExprType.Scalar : ExprType.Vector;
}
