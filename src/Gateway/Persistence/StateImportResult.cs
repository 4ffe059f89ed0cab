namespace Tallygate.Gateway.Persistence;

/// <summary>What an import brought in.</summary>
public sealed record StateImportResult
{
    /// <summary>How many groups are in the log now that were not before.</summary>
    public required int Groups { get; init; }

    /// <summary>How many families they hold.</summary>
    public required int Families { get; init; }

    /// <summary>How many entries of the log that took.</summary>
    public required int Entries { get; init; }

    /// <summary>How many groups of the file were in the log already and stayed as they were.</summary>
    public required int GroupsThere { get; init; }

    /// <summary>What was left out, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
