namespace Tallygate.PromQL.Scripts;

/// <summary><c>clear</c>: empties the store.</summary>
internal sealed record ClearCommand(int Line) : ScriptCommand(Line);
