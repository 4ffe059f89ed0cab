namespace Tallygate.Client.Execution;

/// <summary>What a command is run with.</summary>
public sealed record ExecutionOptions
{
    /// <summary>Where its pushes go.</summary>
    public required PushTarget Target { get; init; }

    /// <summary>The id of the run; each start needs another one.</summary>
    public required string RunId { get; init; }

    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Further headers for its pushes.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Whether this process's terminal sends Ctrl-C to the command itself.</summary>
    public bool OnTerminal { get; init; }
}
