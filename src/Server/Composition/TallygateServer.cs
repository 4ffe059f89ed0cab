using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tallygate.Gateway;
using Tallygate.Gateway.Sampling;
using Tallygate.PromQL;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.PushgatewayApi;
using Tallygate.Server.Telemetry;
using Tallygate.Storage;

namespace Tallygate.Server.Composition;

/// <summary>
/// The whole server: builds the rooms in their order, opens the sockets, drives the loops, and takes everything down again. The program
/// calls <see cref="RunAsync"/>. Tests and simulations call <see cref="OpenAsync"/> and step the loops themselves; they need no sockets.
/// </summary>
public sealed class TallygateServer : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly ServerSetup _setup;
    private readonly ILogger _logger;
    private readonly RequestCounters _counters;
    private readonly TaskCompletionSource _quit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reloading = new();
    private readonly DateTimeOffset _started;
    private readonly QueryLogFile _queryLog;
    private Rooms? _rooms;
    private HttpFront? _http;
    private LoopRunner? _loops;
    private Uri? _scrapesItselfAt;

    private TallygateServer(ServerOptions options, ServerSetup setup)
    {
        _options = options;
        _setup = setup;
        _logger = setup.Logs.CreateLogger("server");
        _counters = new RequestCounters(setup.Time);
        _started = setup.Time.GetUtcNow();
        _queryLog = new QueryLogFile(setup.Time, setup.Logs.CreateLogger("queries"));
    }

    /// <summary>Makes a server that has opened nothing yet.</summary>
    public static TallygateServer Create(ServerOptions options, ServerSetup? setup = null) => new(options, setup ?? new ServerSetup());

    /// <summary>Takes pushes. Only after <see cref="OpenAsync"/>.</summary>
    public PushGateway Gateway => Open.Gateway;

    /// <summary>Answers queries, over <see cref="Storage"/>. Only after <see cref="OpenAsync"/>.</summary>
    public Engine Engine => Open.Engine;

    /// <summary>All series: pushed, sampled, scraped and recorded. Only after <see cref="OpenAsync"/>.</summary>
    public IQueryableStorage Storage => Open.Stores.All;

    /// <summary>The configuration that holds now. Only after <see cref="OpenAsync"/>.</summary>
    public LoadedConfig Config => Open.Config.Current;

    /// <summary>The addresses that are listened on, as URLs with their real ports; empty before <see cref="StartHttpAsync"/>.</summary>
    public IReadOnlyList<string> Addresses => _http?.Addresses ?? [];

    /// <summary>Ends when somebody asked the server by HTTP to end.</summary>
    public Task QuitRequested => _quit.Task;

    private Rooms Open => _rooms ?? throw new InvalidOperationException("the server is not open");

    /// <summary>Opens the sockets. Until <see cref="OpenAsync"/> has ended, answers say that the server is not ready.</summary>
    /// <exception cref="StartException">An address cannot be listened on, or the file of <c>--web.config.file</c> is wrong.</exception>
    public async Task StartHttpAsync()
    {
        var starting = Routes.WhileStarting(_options);
        var access = _options.WebConfigFile.Length == 0
            ? null
            : WebAccess.Open(_options.WebConfigFile, _options.HealthWithoutAuth ? Routes.Health(_options) : [], _setup.Time, _setup.Logs.CreateLogger("web"));
        var http = new HttpFront(_options.ListenAddresses, _options.SystemdSocket ? SystemdSockets.Handles() : [], access, _setup.Logs, Guarded(starting.HandleAsync));
        try
        {
            await http.StartAsync();
        }
        catch
        {
            await http.DisposeAsync();
            throw;
        }

        _http = http;
        foreach (var address in http.Addresses)
        {
            Log.Listening(_logger, address);
        }

        Serve();
    }

    /// <summary>Reads the configuration, opens the data directory, and replays the push log. When it returns the server is ready.</summary>
    /// <exception cref="StartException">The configuration is wrong, or the data directory is in use or damaged.</exception>
    public async Task OpenAsync()
    {
        var start = _setup.Time.GetTimestamp();
        var engine = MakeEngine(_setup.Config);
        var config = _setup.Config ?? LoadConfig(ref engine);
        if (_queryLog.Reopen(config.Global.QueryLogFile) is { } problem)
        {
            throw new StartException($"cannot open the query log file {config.Global.QueryLogFile}: {problem}");
        }

        var rooms = await Rooms.OpenAsync(_options, _setup, config, engine, _queryLog, _counters, _started, FoundItself);
        _rooms = rooms;
        Apply(rooms, config, Now());
        Serve();
        Log.Ready(_logger, rooms.Gateway.Groups.Count, rooms.Gateway.Groups.Position.Value, _setup.Time.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Lets the clock drive all loops from now on.</summary>
    public void StartLoops()
    {
        var rooms = Open;
        _loops ??= new LoopRunner(_setup.Time, _logger);
        _loops.Start("gateway", rooms.Gateway.Step);
        _loops.Start("sampling", rooms.Sampling.Step);
        _loops.Start("scrapes", rooms.Scrapes.Step);
        _loops.Start("rules", rooms.Rules.Step);
        _loops.Start("storage", rooms.Stores.Step);
        _loops.Start("memory", QuietTrim.OfProcess().Step);
    }

    /// <summary>
    /// Does everything that is due at <paramref name="now"/> (Unix milliseconds), in this order: gateway, sampling, scrapes, rules, storage. Not to be mixed
    /// with <see cref="StartLoops"/>.
    /// </summary>
    /// <returns>When the next step is due.</returns>
    public long StepAll(long now) =>
        Math.Min(StepGateway(now), Math.Min(Math.Min(StepSampling(now), StepScrapes(now)), Math.Min(StepRules(now), StepStorage(now))));

    /// <summary>Begins what is due for pushed groups and runs; the effect comes in the order of the pushes.</summary>
    public long StepGateway(long now) => Open.Gateway.Step(now);

    /// <summary>Samples the gateway's own view, where that is due.</summary>
    public long StepSampling(long now) => Open.Sampling.Step(now);

    /// <summary>Begins the scrapes that are due.</summary>
    public long StepScrapes(long now) => Open.Scrapes.Step(now);

    /// <summary>Evaluates the rule groups that are due.</summary>
    public long StepRules(long now) => Open.Rules.Step(now);

    /// <summary>Does what is due to the files.</summary>
    public long StepStorage(long now) => Open.Stores.Step(now);

    /// <summary>Loads the configuration file anew. Where anything is wrong with it or its rule files, the old configuration stays whole.</summary>
    /// <returns>What is wrong; empty where the new configuration holds.</returns>
    public IReadOnlyList<ConfigError> Reload()
    {
        var rooms = Open;
        if (_options.ConfigFile.Length == 0)
        {
            return [];
        }

        lock (_reloading)
        {
            if (ConfigFile.TryLoad(_options.ConfigFile, rooms.Engine, out var config, out var errors)
                && _queryLog.Reopen(config.Global.QueryLogFile) is { } problem)
            {
                errors = [new ConfigError(_options.ConfigFile, 0, 0, $"cannot open the query log file {config.Global.QueryLogFile}: {problem}")];
            }

            if (errors.Count > 0)
            {
                rooms.Config.Refused();
                Log.ConfigRefused(_logger, string.Join("\n", errors));
                return errors;
            }

            Apply(rooms, config, Now());
            rooms.Config.Replace(config, _setup.Time.GetUtcNow());
            return [];
        }
    }

    /// <summary>Does the same as <see cref="Reload"/> where the server is open already; what is wrong is logged.</summary>
    public void TryReload()
    {
        if (_rooms is not null)
        {
            Reload();
        }
    }

    /// <summary>Runs until <paramref name="stop"/> is cancelled or somebody asks by HTTP; then finishes what is under way and closes everything.</summary>
    /// <exception cref="StartException">It could not start.</exception>
    /// <exception cref="IOException">Memory and push log no longer agree; the process must end, and a restart finds the truth in the log.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        Log.Starting(_logger, BuildInfo.Version, BuildInfo.Revision, BuildInfo.Runtime);
        WarnOfFeatures();
        await StartHttpAsync();
        await OpenAsync();
        StartLoops();
        var stopped = Task.Delay(Timeout.Infinite, stop);
        var ended = await Task.WhenAny(stopped, _quit.Task, Gateway.Completion);
        if (ended == Gateway.Completion)
        {
            await ended;
        }

        await DisposeAsync();
    }

    /// <summary>Takes no more requests, waits for those under way, ends the loops, and closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _http, null) is { } http)
        {
            await http.StopAsync(CancellationToken.None);
            await http.DisposeAsync();
            Log.HttpStopped(_logger);
        }

        if (Interlocked.Exchange(ref _loops, null) is { } loops)
        {
            await loops.DisposeAsync();
        }

        if (Interlocked.Exchange(ref _rooms, null) is { } rooms)
        {
            await rooms.DisposeAsync();
            Log.Stopped(_logger);
        }

        _queryLog.Dispose();
    }

    private void Serve()
    {
        if (_http is { } http && _rooms is { } rooms)
        {
            var pushes = new PushEndpoints(rooms.Gateway, _options, rooms.Counters, _setup.Time, _setup.Logs.CreateLogger("push"));
            http.Answer = Guarded(Routes.Build(rooms, pushes, _options, _setup, _started, Reload, () => _quit.TrySetResult()).HandleAsync);
            if (!PushLimits.Of(_options).TouchTheLane)
            {
                http.FastLane = Routes.Lane(rooms, pushes, _options, _setup).RunAsync;
            }
        }
    }

    private Engine MakeEngine(LoadedConfig? config)
    {
        var options = new EngineOptions
        {
            LookbackDelta = _options.LookbackDelta,
            MaxSamples = _options.QueryMaxSamples,
            Timeout = _options.QueryTimeout,
            DefaultSubqueryStep = (config?.Global ?? GlobalSettings.WithoutFile).EvaluationInterval,
        };
        return new Engine(FeatureNames.Apply(options, _options.Features), _setup.Time, _queryLog);
    }

    private void WarnOfFeatures()
    {
        foreach (var feature in _options.Features)
        {
            if (FeatureNames.Warning(feature) is { } warning)
            {
                Log.FeatureWarning(_logger, warning, feature);
            }
        }
    }

    private LoadedConfig LoadConfig(ref Engine engine)
    {
        if (_options.ConfigFile.Length == 0)
        {
            return LoadedConfig.Empty;
        }

        if (!ConfigFile.TryLoad(_options.ConfigFile, engine, out var config, out var errors))
        {
            throw new StartException(string.Join("\n", errors));
        }

        engine = MakeEngine(config);
        return config;
    }

    private void Apply(Rooms rooms, LoadedConfig config, long now)
    {
        foreach (var warning in config.Warnings)
        {
            Log.ConfigWarning(_logger, warning);
        }

        // Both were checked when the file was read, so neither refuses what the other took.
        var problems = rooms.Scrapes.Apply(config.Scrapes, now).Select(p => p.ToString())
            .Concat(rooms.Rules.Apply(config.RuleGroups, now, config.Global.ExternalLabels).Select(p => p.ToString())).ToList();
        if (problems.Count > 0)
        {
            throw new StartException(string.Join("\n", problems));
        }

        rooms.Gateway.Apply(config.Gateway);
        rooms.Stores.Apply(config);
        var itself = SelfTarget.Find(config.Scrapes, _options, Addresses);
        _scrapesItselfAt = rooms.Scrapes.Targets.Select(static t => t.ScrapeUrl).FirstOrDefault(u => u == _scrapesItselfAt);
        if (itself is null && _scrapesItselfAt is not null)
        {
            itself = _scrapesItselfAt.ToString();
        }

        if (itself is not null && _options.SampleGateway)
        {
            Log.ScrapesItself(_logger, itself);
        }

        rooms.Sampling.Apply(
            _options.SampleGateway && itself is null
                ? new SamplerOptions
                {
                    IntervalMs = (long)config.Global.ScrapeInterval.TotalMilliseconds,
                    OffsetMs = _setup.SamplingOffsetMs,
                    Instance = SelfTarget.Instance(_options, Addresses),
                }
                : null,
            now);
        Log.ConfigLoaded(_logger, _options.ConfigFile, config.Scrapes.Count, config.RuleGroups.Count);
    }

    /// <summary>A target turned out to be this server under a name that its addresses do not show: what it is scraped for is not sampled twice.</summary>
    private void FoundItself(Uri url)
    {
        lock (_reloading)
        {
            if (_rooms is not { Sampling.Current: not null } rooms)
            {
                return;
            }

            _scrapesItselfAt = url;
            Log.ScrapesItself(_logger, url.ToString());
            rooms.Sampling.Apply(null, Now());
        }
    }

    private RequestDelegate Guarded(Func<HttpContext, Task> answer) => async context =>
    {
        try
        {
            await answer(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception problem) when (!context.Response.HasStarted)
        {
            Log.RequestFailed(_logger, context.Request.Method, context.Request.Path.Value ?? "", problem);
            await Answers.ErrorAsync(context, 500, "internal error: " + problem.Message);
        }
    };

    private long Now() => _setup.Time.GetUtcNow().ToUnixTimeMilliseconds();
}
