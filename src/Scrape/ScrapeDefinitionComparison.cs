using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>Whether a reload leaves the settings of a job as they are; its targets and their relabeling are looked at one by one.</summary>
internal static class ScrapeDefinitionComparison
{
    /// <summary>Whether two definitions say the same of scrapes and samples.</summary>
    public static bool AreEqual(ScrapeDefinition a, ScrapeDefinition b) =>
        a.Params.SequenceEqual(b.Params)
        && a.Protocols.SequenceEqual(b.Protocols)
        && AreEqual(a.MetricRelabelConfigs, b.MetricRelabelConfigs)
        // Records compare lists by reference; with one and the same list the rest is compared.
        && a == b with
        {
            Params = a.Params,
            Protocols = a.Protocols,
            StaticTargets = a.StaticTargets,
            RelabelConfigs = a.RelabelConfigs,
            MetricRelabelConfigs = a.MetricRelabelConfigs,
        };

    private static bool AreEqual(IReadOnlyList<RelabelConfig> a, IReadOnlyList<RelabelConfig> b) =>
        a.Count == b.Count && a.Zip(b).All(static pair =>
            pair.First.SourceLabels.SequenceEqual(pair.Second.SourceLabels)
            && pair.First == pair.Second with { SourceLabels = pair.First.SourceLabels });
}
