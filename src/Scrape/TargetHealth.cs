namespace Tallygate.Scrape;

/// <summary>How the latest scrape of a target went.</summary>
public enum TargetHealth
{
    /// <summary>It was never scraped.</summary>
    Unknown,

    /// <summary>Well.</summary>
    Up,

    /// <summary>It failed.</summary>
    Down,
}
