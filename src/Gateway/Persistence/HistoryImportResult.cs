namespace Tallygate.Gateway.Persistence;

/// <summary>What an import of history brought in.</summary>
public sealed record HistoryImportResult
{
    /// <summary>How many pushes are in the log now that were not before.</summary>
    public required long Pushes { get; init; }

    /// <summary>How many were there already, from an earlier import.</summary>
    public required long There { get; init; }

    /// <summary>How many are not older than what their group pushed to this log itself, and were left out: the log has them.</summary>
    public required long Own { get; init; }

    /// <summary>What cannot be a push, and why; the first ones of each group.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
