using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>One target as the API shows it. Immutable.</summary>
/// <param name="DiscoveredLabels">The labels before relabeling.</param>
/// <param name="Labels">The labels that its samples get.</param>
/// <param name="ScrapePool">The job's name.</param>
/// <param name="ScrapeUrl">What is fetched.</param>
/// <param name="Interval">The time between two scrapes.</param>
/// <param name="Timeout">How long a scrape may take.</param>
/// <param name="Health">How the latest scrape went.</param>
/// <param name="LastError">Why it failed; empty where it did not.</param>
/// <param name="LastScrape">When it began, Unix ms; null: never.</param>
/// <param name="LastScrapeDuration">How long it took.</param>
public sealed record TargetStatus(
    Labels DiscoveredLabels,
    Labels Labels,
    string ScrapePool,
    Uri ScrapeUrl,
    TimeSpan Interval,
    TimeSpan Timeout,
    TargetHealth Health,
    string LastError,
    long? LastScrape,
    TimeSpan LastScrapeDuration);
