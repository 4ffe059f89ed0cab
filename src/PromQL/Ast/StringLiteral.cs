using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Ast;

/// <summary>A text.</summary>
public sealed class StringLiteral : Expr
{
    /// <summary>The text without quotes and escapes; a byte that is not UTF-8 is the lone surrogate U+DC00 plus the byte.</summary>
    public required string Value { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.String;

    internal override void AppendTo(StringBuilder text) => GoQuote.Append(text, Value);
}
