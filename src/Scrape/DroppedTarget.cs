using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>A target that relabeling dropped.</summary>
/// <param name="DiscoveredLabels">The labels before relabeling.</param>
/// <param name="ScrapePool">The job's name.</param>
public sealed record DroppedTarget(Labels DiscoveredLabels, string ScrapePool);
