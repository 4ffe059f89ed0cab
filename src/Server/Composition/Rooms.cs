using Microsoft.Extensions.Logging;
using Tallygate.Gateway;
using Tallygate.PromQL;
using Tallygate.Remote;
using Tallygate.Rules;
using Tallygate.Scrape;
using Tallygate.Server.Configuration;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.Composition;

/// <summary>All rooms, built and joined in their order. Whoever opened them closes them.</summary>
internal sealed class Rooms : IAsyncDisposable
{
    private Rooms(
        ServerOptions options, ServerSetup setup, Stores stores, ConfigHolder config, Engine engine, QueryLogFile queryLog,
        RequestCounters counters, DateTimeOffset started, Action<Uri> foundItself)
    {
        Stores = stores;
        Config = config;
        Engine = engine;
        Counters = counters;
        Gateway = new PushGateway(
            stores.Log,
            stores.Pushes,
            stores.BookedPushes,
            stores.PushedHistory,
            new GatewayOptions { ConsistencyCheck = !options.DisableConsistencyCheck, Settings = config.Current.Gateway },
            setup.Time,
            setup.Logs.CreateLogger<PushGateway>());
        Rules = new RuleManager(
            new RuleManagerOptions { ExternalUrl = options.ExternalUrl },
            engine,
            stores.All,
            stores.Samples,
            setup.Time,
            setup.Logs.CreateLogger<RuleManager>());
        Scrapes = new ScrapeManager(
            new ScrapeManagerOptions
            {
                UserAgent = "Tallygate/" + BuildInfo.Version,
                Recognise = (SelfTarget.Header, Instance, foundItself),
            },
            stores.Samples,
            setup.Time,
            setup.Logs.CreateLogger<ScrapeManager>());
        Own = new SelfMetrics(
            counters, Gateway, Rules, config, [("pushes", stores.Databases[1]), ("samples", stores.Databases[0])], setup.Time, started, Instance,
            queryLog.Collect, () => stores.SampleDatabase.Exemplars);
        RemoteWrite = new RemoteWriteReceiver(stores.Samples, setup.Time);
        QueryGate = new SemaphoreSlim(options.QueryMaxConcurrency);
        Sampling = new Sampling(Gateway, Own.Collect, stores.Samples, setup.Time);
    }

    /// <summary>What no other running server is called: random, so that a copy of the data directory has another one.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString();

    public Stores Stores { get; }

    public ConfigHolder Config { get; }

    public Engine Engine { get; }

    public RequestCounters Counters { get; }

    public PushGateway Gateway { get; }

    public RuleManager Rules { get; }

    public ScrapeManager Scrapes { get; }

    public RemoteWriteReceiver RemoteWrite { get; }

    public SelfMetrics Own { get; }

    public Sampling Sampling { get; }

    /// <summary>Has a place for each query that may run at once.</summary>
    public SemaphoreSlim QueryGate { get; }

    /// <summary>Opens the stores and replays the push log.</summary>
    /// <param name="foundItself">Told the URL where a scrape was answered by this very server.</param>
    /// <exception cref="StartException">The data directory is in use, or what lies in it is damaged.</exception>
    public static async Task<Rooms> OpenAsync(
        ServerOptions options, ServerSetup setup, LoadedConfig config, Engine engine, QueryLogFile queryLog, RequestCounters counters, DateTimeOffset started,
        Action<Uri> foundItself)
    {
        var stores = Stores.Open(options, setup, config);
        var rooms = new Rooms(options, setup, stores, new ConfigHolder(config, setup.Time.GetUtcNow()), engine, queryLog, counters, started, foundItself);
        try
        {
            if (options.PersistenceFile.Length > 0)
            {
                await StateFileImport.RunAsync(options.PersistenceFile, stores.Log, setup.Logs.CreateLogger("import"));
            }

            await rooms.Gateway.StartAsync();
            return rooms;
        }
        catch (StartException)
        {
            await stores.DisposeAsync();
            throw;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            await stores.DisposeAsync();
            throw new StartException(problem.Message, problem);
        }
    }

    /// <summary>Stops taking pushes, finishes those that wait, and closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        await Scrapes.StopAsync();
        await Gateway.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Stores.DisposeAsync();
        QueryGate.Dispose();
    }
}
