using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>What holds for all targets of one job. Immutable; a reload makes a new one.</summary>
internal sealed record ScrapeSettings(ScrapeDefinition Definition, Relabeler MetricRelabeler, ScrapeClient Client);
