namespace Tallygate.PromQL.Scripts;

/// <summary>Why a script is none.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ScriptError(int Line, string Message);
