namespace Tallygate.PromQL.Ast;

/// <summary>Where something stands in a query: byte offsets into its UTF-8 text, the end exclusive.</summary>
public readonly record struct PositionRange(int Start, int End);
