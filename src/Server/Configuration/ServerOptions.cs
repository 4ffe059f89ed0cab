namespace Tallygate.Server.Configuration;

/// <summary>All that the command line settles, with its defaults. Immutable; <see cref="FlagTable"/> maps flags to it and back.</summary>
public sealed record ServerOptions
{
    /// <summary>The addresses to listen on: <c>host:port</c>, or <c>:port</c> for all interfaces. Port 0 takes a free one.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [":9091"];

    /// <summary>Whether the sockets are those that systemd hands over, in place of <see cref="ListenAddresses"/>.</summary>
    public bool SystemdSocket { get; init; }

    /// <summary>The data directory: the push log in <c>log</c>, pushed series in <c>pushes</c>, sampled series in <c>samples</c>.</summary>
    public string StoragePath { get; init; } = "./data";

    /// <summary>The file <c>prometheus.yml</c>; empty: nothing is configured, and sampling and rules run every 15 s.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>The file that settles TLS, passwords and headers; empty: plain HTTP for everybody.</summary>
    public string WebConfigFile { get; init; } = "";

    /// <summary>Whether <c>/-/healthy</c> and <c>/-/ready</c> are answered without a password.</summary>
    public bool HealthWithoutAuth { get; init; }

    /// <summary>Whether <c>/-/quit</c> and <c>/-/reload</c> are allowed.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Whether <c>/api/v1/admin</c> is there.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary>Whether samples are taken by remote write.</summary>
    public bool EnableRemoteWriteReceiver { get; init; }

    /// <summary>The prefix of all paths; empty: that of <see cref="ExternalUrl"/>.</summary>
    public string RoutePrefix { get; init; } = "";

    /// <summary>The address under which people reach this server; empty: unknown.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>The path of the exposition.</summary>
    public string TelemetryPath { get; init; } = "/metrics";

    /// <summary>Which origins browsers may ask from: an anchored regular expression.</summary>
    public string CorsOrigin { get; init; } = ".*";

    /// <summary>The title of the page.</summary>
    public string PageTitle { get; init; } = "Tallygate";

    /// <summary>Whether pushes are taken without looking whether they agree with the others; they are durable all the same.</summary>
    public bool DisableConsistencyCheck { get; init; }

    /// <summary>Whether pushes may have metric and label names that are any UTF-8 text.</summary>
    public bool Utf8Names { get; init; }

    /// <summary>The most bytes of a push's body as it is sent; 0: any number.</summary>
    public long PushMaxBodySize { get; init; } = 256L << 20;

    /// <summary>The most bytes of a push's body once it is unpacked; 0: any number.</summary>
    public long PushMaxUnpackedSize { get; init; } = 1L << 30;

    /// <summary>The most series of a push; buckets and quantiles count.</summary>
    public int PushMaxSeries { get; init; } = 1_000_000;

    /// <summary>Whether pushes whose Content-Type says OpenMetrics are read as that; else they are read as the text format.</summary>
    public bool PushOpenMetrics { get; init; } = true;

    /// <summary>Whether <c>/metrics</c> answers in OpenMetrics to scrapers that ask for it in their Accept header.</summary>
    public bool EnableOpenMetrics { get; init; }

    /// <summary>Whether the gateway's own view is sampled into series every scrape interval.</summary>
    public bool SampleGateway { get; init; } = true;

    /// <summary>The longest time that a query may take.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How many queries run at once; more wait.</summary>
    public int QueryMaxConcurrency { get; init; } = 20;

    /// <summary>How many samples a query may hold in memory.</summary>
    public int QueryMaxSamples { get; init; } = 50_000_000;

    /// <summary>How far an instant selector looks back.</summary>
    public TimeSpan LookbackDelta { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The features that are switched on, by Prometheus's names; some may be unknown.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>How long sampled series are kept.</summary>
    public TimeSpan RetentionTime { get; init; } = TimeSpan.FromDays(15);

    /// <summary>How many bytes the blocks of sampled series may take; 0: any number.</summary>
    public long RetentionSize { get; init; }

    /// <summary>The least important lines that are logged.</summary>
    public LogSeverity LogLevel { get; init; } = LogSeverity.Info;

    /// <summary>Whether log lines are JSON; else they are logfmt.</summary>
    public bool LogJson { get; init; }

    /// <summary>The state file of a Pushgateway, whose groups the first start brings in; empty: none.</summary>
    public string PersistenceFile { get; init; } = "";

    /// <summary>How often a Pushgateway would write its state file; only shown, since nothing is written.</summary>
    public string PersistenceInterval { get; init; } = "5m0s";
}
