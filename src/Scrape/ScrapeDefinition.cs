using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>One scrape configuration as the file states it, defaults of the global configuration filled in.</summary>
public sealed record ScrapeDefinition
{
    /// <summary>The job's name, unique; it becomes the label <c>job</c>.</summary>
    public required string JobName { get; init; }

    /// <summary>The time between two scrapes of a target.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a scrape may take; not above the interval.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The path of the metrics.</summary>
    public string MetricsPath { get; init; } = "/metrics";

    /// <summary>Parameters of the URL, a name with several values standing several times.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Params { get; init; } = [];

    /// <summary>Whether a label of the exposition wins over a target label of the same name.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>Whether a timestamp of the exposition is taken over.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Whether series with timestamps of their own get stale markers too.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Whether a compressed answer is asked for.</summary>
    public bool EnableCompression { get; init; } = true;

    /// <summary>The most samples that a scrape may give after relabeling; 0: any number.</summary>
    public int SampleLimit { get; init; }

    /// <summary>The most bytes that an answer may have, unpacked; 0: any number.</summary>
    public long BodySizeLimit { get; init; }

    /// <summary>The formats that are asked for, as <c>scrape_protocols</c> words, the most wanted first.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = ScrapeProtocols.Default;

    /// <summary>Whether native histograms are taken; else a histogram that has both parts gives its classic series.</summary>
    public bool NativeHistograms { get; init; }

    /// <summary>Whether a histogram that gives a native one gives its classic series too.</summary>
    public bool AlwaysClassicHistograms { get; init; }

    /// <summary>
    /// The format to assume where the answer has no Content-Type or an unknown one, as a <c>scrape_protocols</c> word
    /// (<c>PrometheusText0.0.4</c> …); null: such a scrape fails, as in Prometheus 3.
    /// </summary>
    public string? FallbackProtocol { get; init; }

    /// <summary>
    /// Where in its interval every target is scraped, counted from multiples of the interval since 1970. Null: a hash of the target decides,
    /// as in Prometheus; set by simulations and tests only.
    /// </summary>
    public TimeSpan? Phase { get; init; }

    /// <summary>What goes into the header <c>Authorization</c>; null: nothing.</summary>
    public ScrapeAuthorization? Authorization { get; init; }

    /// <summary>The targets.</summary>
    public IReadOnlyList<StaticTargets> StaticTargets { get; init; } = [];

    /// <summary>What is done to the labels of targets.</summary>
    public IReadOnlyList<RelabelConfig> RelabelConfigs { get; init; } = [];

    /// <summary>What is done to the labels of samples.</summary>
    public IReadOnlyList<RelabelConfig> MetricRelabelConfigs { get; init; } = [];
}
