using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>An aggregation over the series of a vector.</summary>
public sealed class AggregateExpr : Expr
{
    /// <summary>What is done with each group.</summary>
    public required AggregateOperator Operator { get; init; }

    /// <summary>The vector.</summary>
    public required Expr Inner { get; init; }

    /// <summary>The parameter: a scalar, or a text for <see cref="AggregateOperator.CountValues"/>; null where the aggregation has none.</summary>
    public Expr? Parameter { get; init; }

    /// <summary>The labels of <c>by</c> or <c>without</c>.</summary>
    public IReadOnlyList<string> Grouping { get; init; } = [];

    /// <summary>Whether <see cref="Grouping"/> are the labels that do not count.</summary>
    public bool Without { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => Parameter is null ? [Inner] : [Parameter, Inner];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var parameter = Parameter is null ? null : map(Parameter);
        var inner = map(Inner);
        return ReferenceEquals(inner, Inner) && ReferenceEquals(parameter, Parameter)
            ? this
            : new AggregateExpr
            {
                Position = Position,
                Operator = Operator,
                Inner = inner,
                Parameter = parameter,
                Grouping = Grouping,
                Without = Without,
            };
    }

    internal override void AppendTo(StringBuilder text)
    {
        AppendHeadTo(text);
        text.Append('(');
        if (Parameter is not null)
        {
            Parameter.AppendTo(text);
            text.Append(", ");
        }

        Inner.AppendTo(text);
        text.Append(')');
    }

    /// <summary>What stands before the opening parenthesis.</summary>
    internal void AppendHeadTo(StringBuilder text)
    {
        text.Append(Operator.Text());
        if (Without || Grouping.Count > 0)
        {
            LabelNames.AppendList(text.Append(Without ? " without (" : " by ("), Grouping);
            text.Append(' ');
        }
    }
}
