namespace Tallygate.Scrape;

/// <summary>In which format an answer is.</summary>
internal enum ScrapeBody
{
    /// <summary>Prometheus's text format.</summary>
    Text,

    /// <summary>OpenMetrics text.</summary>
    OpenMetrics,

    /// <summary>Delimited protobuf.</summary>
    Protobuf,
}
