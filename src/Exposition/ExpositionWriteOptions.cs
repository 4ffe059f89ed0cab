using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>How metric families are written.</summary>
public sealed record ExpositionWriteOptions
{
    /// <summary>How names beyond the old pattern are written.</summary>
    public EscapingScheme Escaping { get; init; } = EscapingScheme.Underscores;

    /// <summary>OpenMetrics: whether lines <c>_created</c> say since when counters, summaries and histograms count. They are series of their own to most scrapers.</summary>
    public bool CreatedLines { get; init; }
}
