using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tallygate.Gateway.Page;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Management;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.PushgatewayApi;
using Tallygate.Server.PushgatewayApi.Lane;
using Tallygate.Server.TallygateApi;

namespace Tallygate.Server.Composition;

/// <summary>Which path leads where: two products on one port.</summary>
internal static class Routes
{
    /// <summary>All paths of a server that is ready.</summary>
    public static Dispatcher Build(
        Rooms rooms,
        PushEndpoints pushes,
        ServerOptions options,
        ServerSetup setup,
        DateTimeOffset started,
        Func<IReadOnlyList<ConfigError>> reload,
        Action quit)
    {
        var dispatcher = new Dispatcher(PrefixOf(options));
        Pushgateway(dispatcher, rooms, pushes, options, setup, started);
        Prometheus(dispatcher, rooms, pushes, options, setup, started);

        var management = new ManagementEndpoints(rooms.Gateway, options, rooms.Counters, reload, quit);
        dispatcher.Add("/-/healthy", new Resource { Get = management.HealthyAsync });
        dispatcher.Add("/-/ready", new Resource { Get = management.ReadyAsync });

        // Where there is a prefix, GET of it stands without the prefix, as in the original.
        var quitByGet = new Resource { Get = ManagementEndpoints.QuitByGetAsync };
        var prefixed = PrefixOf(options).Length > 0;
        dispatcher.AddUnprefixed("/-/quit", quitByGet);
        dispatcher.Add("/-/quit", new Resource { Get = prefixed ? null : quitByGet.Get, Put = management.QuitAsync, Post = management.QuitAsync });
        dispatcher.Add("/-/reload", new Resource { Put = management.ReloadAsync, Post = management.ReloadAsync });
        return dispatcher;
    }

    /// <summary>The paths that say whether the server is alive and ready.</summary>
    public static IReadOnlyList<string> Health(ServerOptions options) => [PrefixOf(options) + "/-/healthy", PrefixOf(options) + "/-/ready"];

    /// <summary>What answers while the push log is replayed: alive, but not ready.</summary>
    public static Dispatcher WhileStarting(ServerOptions options)
    {
        var dispatcher = new Dispatcher(PrefixOf(options));
        dispatcher.Add("/-/healthy", new Resource { Get = static (context, _) => Answers.TextAsync(context, 200, "OK") });
        var unavailable = new Resource { Get = NotReadyAsync, Post = NotReadyAsync, Put = NotReadyAsync, Delete = NotReadyAsync };
        dispatcher.Add("/*", unavailable);
        return dispatcher;
    }

    private static Task NotReadyAsync(HttpContext context, RequestPath path) =>
        path.Text == "/-/healthy" ? Answers.TextAsync(context, 200, "OK") : Answers.RetryLaterAsync(context, 503, "Service Unavailable", 1);

    /// <summary>The way of the plainest pushes.</summary>
    public static PushLane Lane(Rooms rooms, PushEndpoints pushes, ServerOptions options, ServerSetup setup) =>
        new(rooms.Gateway, pushes, rooms.Counters, PrefixOf(options), setup.Time, setup.Logs.CreateLogger("push"));

    private static string PrefixOf(ServerOptions options)
    {
        var prefix = options.RoutePrefix;
        if (prefix.Length == 0 && Uri.TryCreate(options.ExternalUrl, UriKind.Absolute, out var url))
        {
            prefix = url.AbsolutePath;
        }

        prefix = prefix.Trim('/');
        return prefix.Length == 0 ? "" : "/" + prefix;
    }

    private static void Pushgateway(
        Dispatcher dispatcher, Rooms rooms, PushEndpoints pushes, ServerOptions options, ServerSetup setup, DateTimeOffset started)
    {
        var push = new Resource { Put = pushes.ReplaceAsync, Post = pushes.MergeAsync, Delete = pushes.DeleteAsync };
        dispatcher.Add("/metrics/job/*", push);
        dispatcher.Add("/metrics/job@base64/*", push);

        var page = new MetricsPage(() => rooms.Gateway.Groups, setup.Logs.CreateLogger("metrics"));
        var metrics = new MetricsEndpoint(page, rooms.Own, options, (SelfTarget.Header, rooms.Instance));
        dispatcher.Add("/" + options.TelemetryPath.TrimStart('/'), new Resource { Get = metrics.ScrapeAsync });

        var api = new PushgatewayV1Endpoints(rooms.Gateway, options, rooms.Counters, setup.Time.LocalTimeZone, started);
        dispatcher.Add("/api/v1/status", new Resource { Get = api.StatusAsync, Options = api.OptionsAsync });
        dispatcher.Add("/api/v1/metrics", new Resource { Get = api.MetricsAsync, Options = api.OptionsAsync });
        if (options.EnableAdminApi)
        {
            dispatcher.Add("/api/v1/admin/wipe", new Resource { Put = api.WipeAsync, Options = api.OptionsAsync });
        }

        var status = new StatusPage(rooms.Gateway, rooms.Counters, options, started);
        dispatcher.Add("/", new Resource { Get = status.ShowAsync });
        dispatcher.Add("/status", new Resource { Get = status.ShowAsync });
    }

    private static void Prometheus(
        Dispatcher dispatcher, Rooms rooms, PushEndpoints pushes, ServerOptions options, ServerSetup setup, DateTimeOffset started)
    {
        var front = new ApiFront(options.CorsOrigin);
        dispatcher.AddApi("/api/v1/", front.OptionsAsync);
        void Add(string name, Func<HttpContext, ApiParameters, RequestPath, Task<ApiAnswer>> answer, bool post = false)
        {
            var endpoint = front.Serve(answer);
            dispatcher.Add("/api/v1/" + name, new Resource { Get = endpoint, Post = post ? endpoint : null, Options = front.OptionsAsync });
        }

        var threads = new QueryThreads();
        var queries = new QueryEndpoints(rooms.Engine, rooms.Stores.All, setup.Time, rooms.QueryGate, threads, options.QueryTimeout);
        Add("query", queries.InstantAsync, post: true);
        Add("query_range", queries.RangeAsync, post: true);
        Add("query_exemplars", new ExemplarEndpoints(rooms.Stores.SampleDatabase, threads).ExemplarsAsync, post: true);
        Add("format_query", QueryEndpoints.FormatAsync, post: true);
        Add("parse_query", QueryEndpoints.ParseAsync, post: true);

        var series = new SeriesEndpoints(rooms.Stores.All, threads);
        Add("series", series.SeriesAsync, post: true);
        Add("labels", series.LabelsAsync, post: true);
        Add("label/*", series.LabelValuesAsync);

        var metadata = new MetadataEndpoints(
            rooms.Gateway,
            rooms.Scrapes,
            rooms.Own,
            () => rooms.Sampling.Current?.Options,
            () => [.. rooms.RemoteWrite.Metadata, .. rooms.Stores.SampleDatabase.Metadata]);
        Add("metadata", metadata.MetadataAsync);
        Add("targets/metadata", metadata.OfTargetsAsync);
        Add("targets", new TargetEndpoints(rooms.Scrapes, () => rooms.Sampling.Current).TargetsAsync);

        dispatcher.Add("/api/v1/pushes", new Resource { Get = new PushesEndpoint(rooms.Gateway.History, front).AnswerAsync, Options = front.OptionsAsync });
        var groups = new GroupsEndpoint(rooms.Gateway, () => rooms.Config.Current.Gateway, pushes.Clients, setup.Time);
        dispatcher.Add("/api/v1/groups", new Resource
        {
            Get = front.Serve(groups.ListAsync),
            Post = new BatchEndpoint(rooms.Gateway, pushes.Clients, rooms.Counters, options).Through(front),
            Delete = front.Serve(groups.DeleteAsync),
            Options = front.OptionsAsync,
        });

        Add("totals", new TotalsEndpoint(rooms.Gateway).TotalsAsync);

        var rules = new RuleEndpoints(rooms.Rules);
        Add("rules", rules.RulesAsync);
        Add("alerts", rules.AlertsAsync);

        Responder write = options.EnableRemoteWriteReceiver ? new RemoteWriteEndpoint(rooms.RemoteWrite).WriteAsync : RemoteWriteEndpoint.DisabledAsync;
        dispatcher.Add("/api/v1/write", new Resource { Post = write, Options = front.OptionsAsync });

        var status = new StatusEndpoints(options, rooms.Config, setup.Time, started);
        Add("status/buildinfo", StatusEndpoints.BuildInfoAsync);
        Add("status/runtimeinfo", status.RuntimeInfoAsync);
        Add("status/flags", status.FlagsAsync);
        Add("status/config", status.ConfigAsync);

        var tsdb = new TsdbEndpoints(rooms.Stores.Databases, rooms.Stores.SampledHistory, rooms.Gateway, withHead => rooms.Stores.Copy(setup.Time.GetUtcNow(), withHead));
        Add("status/tsdb", tsdb.StatusAsync);
        Add("status/walreplay", TsdbEndpoints.WalReplayAsync);
        if (options.EnableAdminApi)
        {
            var snapshot = front.Serve(tsdb.SnapshotAsync);
            dispatcher.Add("/api/v1/admin/tsdb/snapshot", new Resource { Post = snapshot, Put = snapshot, Options = front.OptionsAsync });
            dispatcher.Add("/api/v1/admin/tsdb/delete_series", new Resource { Post = tsdb.DeleteSeriesAsync, Put = tsdb.DeleteSeriesAsync });
            dispatcher.Add("/api/v1/admin/tsdb/clean_tombstones", new Resource { Post = tsdb.CleanTombstonesAsync, Put = tsdb.CleanTombstonesAsync });
        }
    }
}
