namespace Tallygate.Scrape;

/// <summary>What the scrapes of all targets came upon since the start. Immutable.</summary>
/// <param name="Scrapes">Scrapes that were begun and ended.</param>
/// <param name="OutOfOrder">Samples refused because the series has a newer one.</param>
/// <param name="DuplicateTimestamps">Samples refused because the series has another value at that time.</param>
/// <param name="OutOfBounds">Samples refused because they are too old or too far in the future.</param>
/// <param name="ExemplarsOutOfOrder">Exemplars left out because their series has a newer one.</param>
/// <param name="ExceededSampleLimit">Scrapes that failed because of the limit of samples.</param>
/// <param name="ExceededBodySizeLimit">Scrapes that failed because of the limit of bytes.</param>
public sealed record ScrapeStatistics(
    long Scrapes,
    long OutOfOrder,
    long DuplicateTimestamps,
    long OutOfBounds,
    long ExemplarsOutOfOrder,
    long ExceededSampleLimit,
    long ExceededBodySizeLimit);
