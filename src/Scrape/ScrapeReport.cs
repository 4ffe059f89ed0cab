namespace Tallygate.Scrape;

/// <summary>What a scrape says of itself.</summary>
internal struct ScrapeReport
{
    /// <summary>Why the scrape failed; null where it did not.</summary>
    public string? Error;

    /// <summary>Samples in the answer.</summary>
    public int Scraped;

    /// <summary>Samples that relabeling left.</summary>
    public int AfterRelabeling;

    /// <summary>Series that the scrape before did not show.</summary>
    public int SeriesAdded;

    /// <summary>Samples refused because the series has a newer one.</summary>
    public int OutOfOrder;

    /// <summary>Samples refused because the series has another value at that time.</summary>
    public int Duplicates;

    /// <summary>Exemplars left out because their series has a newer one.</summary>
    public int ExemplarsOutOfOrder;

    /// <summary>Samples refused because they are too old or too far in the future.</summary>
    public int OutOfBounds;
}
