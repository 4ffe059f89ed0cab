using System.Globalization;
using Tallygate.Model.RegularExpressions;
using static Tallygate.Server.Configuration.FlagShapes;

namespace Tallygate.Server.Configuration;

/// <summary>Every flag once: its name, help, default and what it sets. <c>--help</c>, the status page and the flag APIs follow from it.</summary>
public static class FlagTable
{
    internal static readonly Flag[] Flags =
    [
        Texts("web.listen-address", "Address to listen on for pushes, scrapes, queries and the page. Repeatable.",
            (o, v) => o with { ListenAddresses = v }, o => o.ListenAddresses),
        Switch("web.systemd-socket", "Serve the sockets that systemd hands over (socket activation), in place of --web.listen-address.",
            (o, v) => o with { SystemdSocket = v }, o => o.SystemdSocket),
        Text("web.config.file", "File that settles TLS, client certificates, passwords and headers, as for all of Prometheus's servers. Re-read when it changes.",
            (o, v) => o with { WebConfigFile = v }, o => o.WebConfigFile),
        Switch("web.health-without-auth", "Answer /-/healthy and /-/ready without a password, for load balancers that have none. TLS and client certificates hold all the same.",
            (o, v) => o with { HealthWithoutAuth = v }, o => o.HealthWithoutAuth),
        Text("storage.path", "Directory of the push log and the series.", (o, v) => o with { StoragePath = v }, o => o.StoragePath),
        Text("storage.tsdb.path", "The same as --storage.path, in Prometheus's spelling.", (o, v) => o with { StoragePath = v }, o => o.StoragePath),
        Duration("storage.tsdb.retention.time", "How long sampled series are kept.", (o, v) => o with { RetentionTime = v }, o => o.RetentionTime),
        Size("storage.tsdb.retention.size", "How many bytes the blocks of sampled series may take (units: B, KB, MB, GB, TB, PB, EB). 0B: any number.",
            (o, v) => o with { RetentionSize = v }, o => o.RetentionSize),
        Text("config.file", "Prometheus configuration file: scrape targets, rule files, intervals. Without one, sampling and rules run every 15s.",
            (o, v) => o with { ConfigFile = v }, o => o.ConfigFile),
        Switch("web.enable-lifecycle", "Allow to stop and to reload by HTTP: POST /-/quit, POST /-/reload.",
            (o, v) => o with { EnableLifecycle = v }, o => o.EnableLifecycle),
        Switch("web.enable-admin-api", "Allow by HTTP to delete all groups, PUT /api/v1/admin/wipe, and to delete and copy series, POST /api/v1/admin/tsdb/…",
            (o, v) => o with { EnableAdminApi = v }, o => o.EnableAdminApi),
        Switch("web.enable-remote-write-receiver", "Take samples by remote write, version 1: POST /api/v1/write.",
            (o, v) => o with { EnableRemoteWriteReceiver = v }, o => o.EnableRemoteWriteReceiver),
        Text("web.telemetry-path", "Path of the exposition.", (o, v) => o with { TelemetryPath = v }, o => o.TelemetryPath),
        Text("web.external-url", "The URL under which this server is reached from outside.", (o, v) => o with { ExternalUrl = v }, o => o.ExternalUrl),
        Text("web.route-prefix", "Prefix of all paths; by default the path of --web.external-url.", (o, v) => o with { RoutePrefix = v }, o => o.RoutePrefix),
        new("web.cors.origin", "Regular expression of the origins that browsers may ask from, anchored.", FlagKind.Value,
            (o, v) => Pattern(v[0]) is { } why ? FlagResult.Refuse($"--web.cors.origin: {why}") : o with { CorsOrigin = v[0] },
            o => o.CorsOrigin),
        Text("web.page-title", "Title of the page.", (o, v) => o with { PageTitle = v }, o => o.PageTitle),
        Switch("push.disable-consistency-check", "Take pushes without comparing them with the other groups. They are answered with 202 and durable all the same.",
            (o, v) => o with { DisableConsistencyCheck = v }, o => o.DisableConsistencyCheck),
        Switch("push.enable-utf8-names", "Allow UTF-8 characters in metric and label names.", (o, v) => o with { Utf8Names = v }, o => o.Utf8Names),
        Size("push.max-body-size", "The most bytes of a push's body as it is sent; larger ones are 413. 0B: any number.",
            (o, v) => o with { PushMaxBodySize = v }, o => o.PushMaxBodySize),
        Size("push.max-unpacked-size", "The most bytes of a push's body once it is unpacked; larger ones are 413. 0B: any number.",
            (o, v) => o with { PushMaxUnpackedSize = v }, o => o.PushMaxUnpackedSize),
        Number("push.max-series", "The most series of a push; buckets and quantiles count. More of them are 413.",
            (o, v) => o with { PushMaxSeries = v }, o => o.PushMaxSeries),
        Switch("push.openmetrics", "Read pushes with Content-Type application/openmetrics-text as OpenMetrics, strictly. Without it they are read "
            + "as the text format 0.0.4, as the Pushgateway does.", (o, v) => o with { PushOpenMetrics = v }, o => o.PushOpenMetrics),
        Switch("web.enable-openmetrics", "Answer scrapers that ask for OpenMetrics in OpenMetrics. Counters whose names lack _total lose their type there. "
            + "/metrics?format=openmetrics always does.", (o, v) => o with { EnableOpenMetrics = v }, o => o.EnableOpenMetrics),
        Switch("gateway.sampling", "Sample the pushed groups into series at every scrape interval, as a Prometheus that scrapes this server would.",
            (o, v) => o with { SampleGateway = v }, o => o.SampleGateway),
        Duration("query.lookback-delta", "How far an instant selector looks back for a sample.", (o, v) => o with { LookbackDelta = v }, o => o.LookbackDelta),
        Duration("query.timeout", "The longest time that a query may take.", (o, v) => o with { QueryTimeout = v }, o => o.QueryTimeout),
        Number("query.max-concurrency", "How many queries run at once.", (o, v) => o with { QueryMaxConcurrency = v }, o => o.QueryMaxConcurrency),
        Number("query.max-samples", "How many samples one query may hold in memory.", (o, v) => o with { QueryMaxSamples = v }, o => o.QueryMaxSamples),
        Texts("enable-feature", $"Comma separated feature names to enable, as Prometheus has them. Of effect: {string.Join(", ", FeatureNames.Effective)}.",
            (o, v) => o with { Features = [.. v.SelectMany(static names => names.Split(','))] }, o => o.Features),
        Choice("log.level", "Least important lines that are logged.", ["debug", "info", "warn", "error"],
            (o, v) => o with { LogLevel = (LogSeverity)v }, o => (int)o.LogLevel),
        Choice("log.format", "Form of the log lines.", ["logfmt", "json"], (o, v) => o with { LogJson = v == 1 }, o => o.LogJson ? 1 : 0),
        Text("persistence.file", "State file of a Pushgateway: the first start, on an empty push log, brings its groups in. Nothing is written to it.",
            (o, v) => o with { PersistenceFile = v }, o => o.PersistenceFile),
        new("persistence.interval", "Not needed, and without effect: every push is durable in the push log before it is answered.", FlagKind.Value,
            (o, v) => GoDuration.TryParse(v[0], out _, out var why) ? o with { PersistenceInterval = v[0] } : FlagResult.Refuse($"--persistence.interval: {why}"),
            o => o.PersistenceInterval),
        .. NotYet(
            ("web.read-timeout", "5m"),
            ("web.max-connections", "512"), ("web.enable-otlp-receiver", "false"),
            ("rules.alert.for-outage-tolerance", "1h"), ("rules.alert.for-grace-period", "10m"),
            ("rules.alert.resend-delay", "1m"), ("rules.max-concurrent-evals", "4"), ("alertmanager.notification-queue-capacity", "10000"),
            ("alertmanager.notification-batch-size", "256"), ("config.auto-reload", "false"), ("config.auto-reload-interval", "30s"),
            ("agent", "false")),
    ];

    private static readonly Dictionary<string, Flag> ByName = Flags.ToDictionary(f => f.Name);

    /// <summary>Reads flags in kingpin's spelling: <c>--name=value</c>, <c>--name value</c>, <c>--name</c>, <c>--no-name</c>.</summary>
    /// <param name="error">Why not, without the name of the program.</param>
    public static bool TryParse(IReadOnlyList<string> arguments, out ServerOptions options, out string error)
    {
        options = new ServerOptions();
        error = "";
        var given = new Dictionary<Flag, List<string>>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!TryTake(arguments, ref i, out var flag, out var value, out error))
            {
                return false;
            }

            if (!given.TryGetValue(flag, out var values))
            {
                given.Add(flag, values = []);
            }
            else if (flag.Kind != FlagKind.Repeatable)
            {
                error = $"flag '{flag.Name}' cannot be repeated, try --help";
                return false;
            }

            values.Add(value);
        }

        foreach (var (flag, values) in given)
        {
            var result = flag.Apply(options, values);
            if (result.Options is null)
            {
                error = result.Error!;
                return false;
            }

            options = result.Options;
        }

        return true;
    }

    /// <summary>Every flag with its value in <paramref name="options"/>, by name.</summary>
    public static IReadOnlyDictionary<string, string> Describe(ServerOptions options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var flag in Flags)
        {
            values[flag.Name] = flag.Show(options);
        }

        return values;
    }

    /// <summary>The flags with help and default, as <c>--help</c> shows them.</summary>
    public static string Help()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        var defaults = new ServerOptions();
        foreach (var flag in Flags.Where(f => !f.Unsupported))
        {
            var value = flag.Show(defaults);
            text.WriteLine(flag.Kind == FlagKind.Switch
                ? $"  --[no-]{flag.Name}{(value == "true" ? "   (on by default)" : "")}"
                : $"  --{flag.Name}={(value.Length == 0 ? "\"\"" : value)}");
            text.WriteLine($"        {flag.Help}");
        }

        return text.ToString();
    }

    private static string? Pattern(string text)
    {
        try
        {
            _ = Re2Pattern.Anchored(text);
            return null;
        }
        catch (ArgumentException refused)
        {
            return refused.Message;
        }
    }

    private static bool TryTake(IReadOnlyList<string> arguments, ref int at, out Flag flag, out string value, out string error)
    {
        var argument = arguments[at];
        flag = null!;
        value = "";
        error = "";
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            error = argument.Length > 1 && argument[0] == '-'
                ? $"unknown short flag '{argument}', try --help"
                : $"unexpected {argument}, try --help";
            return false;
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument[2..] : argument[2..equals];
        var negated = !ByName.ContainsKey(name) && name.StartsWith("no-", StringComparison.Ordinal);
        if (!ByName.TryGetValue(negated ? name[3..] : name, out flag!) || (negated && flag.Kind != FlagKind.Switch))
        {
            error = $"unknown long flag '--{name}', try --help";
            return false;
        }

        if (flag.Kind == FlagKind.Switch && equals < 0)
        {
            value = negated ? "false" : "true";
        }
        else if (equals >= 0)
        {
            value = argument[(equals + 1)..];
        }
        else if (at + 1 < arguments.Count && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal))
        {
            value = arguments[++at];
        }
        else
        {
            error = $"expected argument for flag '--{name}', try --help";
            return false;
        }

        return true;
    }
}
