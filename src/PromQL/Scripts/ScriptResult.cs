namespace Tallygate.PromQL.Scripts;

/// <summary>What came of one command: of each query, and of each other command that failed.</summary>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Text">The query, or the command's name.</param>
/// <param name="Failure">What was not as expected; null where all was.</param>
public sealed record ScriptResult(int Line, string Text, string? Failure)
{
    /// <summary>Whether all was as expected.</summary>
    public bool Passed => Failure is null;
}
