namespace Tallygate.Scrape;

/// <summary>The settings of a <see cref="ScrapeManager"/>.</summary>
public sealed record ScrapeManagerOptions
{
    /// <summary>
    /// Goes into the phases of the targets, so that two servers with the same targets do not scrape at the same moments. It should be the
    /// same after a restart.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>What is sent as <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "Tallygate";

    /// <summary>Gives the transport of one job; null: one of the platform's for each job.</summary>
    public Func<ScrapeDefinition, HttpMessageHandler>? Transport { get; init; }
}
