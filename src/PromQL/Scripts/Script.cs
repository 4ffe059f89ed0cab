namespace Tallygate.PromQL.Scripts;

/// <summary>A parsed test script.</summary>
public sealed class Script
{
    internal Script(IReadOnlyList<ScriptCommand> commands) => Commands = commands;

    internal IReadOnlyList<ScriptCommand> Commands { get; }

    /// <summary>How many queries it runs.</summary>
    public int EvalCount => Commands.Count(static command => command is EvalCommand);
}
