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

    /// <summary>
    /// A header that only the scraping server itself sends, with its value, and who is told the URL whose answer had it, before that scrape is
    /// taken; null: nobody asks. Told on the thread of the scrape.
    /// </summary>
    public (string Header, string Value, Action<Uri> Told)? Recognise { get; init; }

    /// <summary>Gives the transport of one job; null: one of the platform's for each job.</summary>
    public Func<ScrapeDefinition, HttpMessageHandler>? Transport { get; init; }
}
