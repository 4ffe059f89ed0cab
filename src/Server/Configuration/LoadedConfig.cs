using Tallygate.Gateway;
using Tallygate.Rules;
using Tallygate.Scrape;

namespace Tallygate.Server.Configuration;

/// <summary>A configuration that was found to be right, its rule files read. Immutable.</summary>
public sealed record LoadedConfig
{
    /// <summary>The section <c>global</c>.</summary>
    public GlobalSettings Global { get; init; } = GlobalSettings.WithoutFile;

    /// <summary>What is scraped.</summary>
    public IReadOnlyList<ScrapeDefinition> Scrapes { get; init; } = [];

    /// <summary>The groups of all rule files, in the order of the files.</summary>
    public IReadOnlyList<RuleGroupDefinition> RuleGroups { get; init; } = [];

    /// <summary>The section <c>gateway</c>.</summary>
    public GatewaySettings Gateway { get; init; } = GatewaySettings.Default;

    /// <summary>How many exemplars are kept, of all series together, where the feature is on.</summary>
    public int MaxExemplars { get; init; } = StorageSection.DefaultMaxExemplars;

    /// <summary>How far behind the newest sample of all a scraped or received sample may lie; zero: it must be newer than those of its series.</summary>
    public TimeSpan OutOfOrderWindow { get; init; }

    /// <summary>The text of the configuration file, secrets hidden; empty without one.</summary>
    public string Yaml { get; init; } = "";

    /// <summary>What the operator should know although the configuration holds.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was found, in words.</summary>
    public string Summary =>
        $"{Scrapes.Count} scrape configurations, {RuleGroups.Count} rule groups, {RuleGroups.Sum(g => g.Rules.Count)} rules found";

    /// <summary>What holds without a configuration file.</summary>
    public static readonly LoadedConfig Empty = new();
}
