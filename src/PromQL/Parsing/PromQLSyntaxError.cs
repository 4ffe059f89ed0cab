using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>One thing that is wrong with a query.</summary>
/// <param name="Position">Where, in bytes of the query's UTF-8 text.</param>
/// <param name="Message">What, without the place.</param>
/// <param name="Place">Where, as <c>LINE:COLUMN</c>, both from 1, the column in bytes.</param>
public sealed record PromQLSyntaxError(PositionRange Position, string Message, string Place)
{
    /// <summary>As Prometheus renders it: <c>1:4: parse error: unexpected end of input</c>.</summary>
    public override string ToString() => $"{Place}: parse error: {Message}";
}
