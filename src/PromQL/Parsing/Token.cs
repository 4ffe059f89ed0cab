namespace Tallygate.PromQL.Parsing;

/// <summary>A token: where it stands, in chars of the text, the end exclusive. A broken one carries its error.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string? Error = null);
