namespace Tallygate.PromQL.Scripts;

/// <summary>One command of a script.</summary>
/// <param name="Line">Its line, from 1.</param>
internal abstract record ScriptCommand(int Line);
