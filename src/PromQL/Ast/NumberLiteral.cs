using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Ast;

/// <summary>A number, or a duration in the place of one: <c>5m</c> is 300.</summary>
public sealed class NumberLiteral : Expr
{
    /// <summary>The number; of a duration, its seconds.</summary>
    public required double Value { get; init; }

    /// <summary>Whether it was written as a duration.</summary>
    public bool IsDuration { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Scalar;

    internal override void AppendTo(StringBuilder text)
    {
        if (IsDuration)
        {
            text.Append(PromDuration.Format((long)(Value * 1e9) / 1_000_000));
        }
        else
        {
            FloatText.Append(text, Value, FloatForm.Plain);
        }
    }
}
