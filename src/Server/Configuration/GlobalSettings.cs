using Tallygate.Model;

namespace Tallygate.Server.Configuration;

/// <summary>The section <c>global</c> of the configuration.</summary>
public sealed record GlobalSettings
{
    /// <summary>The time between two scrapes of a target, and between two samplings of the gateway's own view.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a scrape may take.</summary>
    public TimeSpan ScrapeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time between two evaluations of a rule group.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The formats that targets are asked for, as <c>scrape_protocols</c> words; null: the usual ones.</summary>
    public IReadOnlyList<string>? ScrapeProtocols { get; init; }

    /// <summary>Whether native histograms are scraped.</summary>
    public bool ScrapeNativeHistograms { get; init; }

    /// <summary>Whether histograms that are scraped as native ones are scraped as classic ones too.</summary>
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>How far in the past rules are evaluated.</summary>
    public TimeSpan RuleQueryOffset { get; init; }

    /// <summary>Labels for what leaves this server.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>The path of the file that queries are logged to; empty: they are not.</summary>
    public string QueryLogFile { get; init; } = "";

    /// <summary>What holds without a configuration file: everything every 15 s.</summary>
    public static readonly GlobalSettings WithoutFile = new()
    {
        ScrapeInterval = TimeSpan.FromSeconds(15),
        EvaluationInterval = TimeSpan.FromSeconds(15),
    };
}
