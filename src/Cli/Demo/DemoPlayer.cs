using System.Globalization;
using System.Text;
using System.Text.Json;
using Tallygate.PromQL;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Storage;

namespace Tallygate.Cli.Demo;

/// <summary>
/// Plays the demo's day: pushes go over real sockets through parser, judge, log and folds; sampling, rules and storage are stepped in that order
/// whenever they are due on the simulated clock.
/// </summary>
internal sealed class DemoPlayer : IAsyncDisposable
{
    // The files are synced every second in real life; a played day needs not wait for a disk 86,400 times.
    private const long StorageStepMs = 5 * 60_000;

    private readonly ServerOptions _options;
    private readonly ServerSetup _setup;
    private readonly DemoClock _clock;
    private readonly HttpClient _http = new();
    private TallygateServer _server;

    /// <param name="folder">An empty folder for configuration and data.</param>
    /// <param name="listenAddress">Where the server listens.</param>
    /// <param name="time">The clock at whose present the day ends.</param>
    public DemoPlayer(string folder, string listenAddress, TimeProvider time)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        StartMs = now - (now % DemoDay.IntervalMs) - DemoDay.LengthMs;
        _clock = new DemoClock(StartMs);
        File.WriteAllText(Path.Combine(folder, "recipe.yml"), DemoRecipe.RuleFile);
        var file = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(file, DemoRecipe.Configuration);
        _options = new ServerOptions { ListenAddresses = [listenAddress], StoragePath = Path.Combine(folder, "data"), ConfigFile = file };
        _setup = new ServerSetup { Time = _clock, Config = Load(file), SamplingOffsetMs = DemoDay.SamplingPhaseMs };
        _server = TallygateServer.Create(_options, _setup);
    }

    /// <summary>When the day begins, Unix milliseconds.</summary>
    public long StartMs { get; }

    /// <summary>All series of the server.</summary>
    public IQueryableStorage Storage => _server.Storage;

    /// <summary>The addresses that the server listens on.</summary>
    public IReadOnlyList<string> Addresses => _server.Addresses;

    /// <summary>Plays the whole day.</summary>
    /// <param name="progress">Told how many milliseconds of the day are over.</param>
    public async Task PlayAsync(Action<long> progress)
    {
        await OpenAsync();
        var events = new Queue<DemoEvent>(DemoDay.Events);
        var end = StartMs + DemoDay.LengthMs;
        var (sampling, running) = (true, true);
        var storageDue = StartMs;
        for (var now = StartMs; ;)
        {
            _clock.Set(now);
            while (events.TryPeek(out var moment) && StartMs + moment.AtMs <= now)
            {
                events.Dequeue();
                (sampling, running) = await HappenAsync(moment, sampling, running);
            }

            var next = events.TryPeek(out var later) ? StartMs + later.AtMs : long.MaxValue;
            if (running)
            {
                next = sampling ? Math.Min(next, _server.StepSampling(now)) : next;
                next = Math.Min(next, _server.StepScrapes(now));
                next = Math.Min(next, _server.StepRules(now));
                if (now >= storageDue)
                {
                    _server.StepStorage(now);
                    storageDue = now + StorageStepMs;
                }

                next = Math.Min(next, storageDue);
            }

            progress(now - StartMs);
            if (now == end)
            {
                return;
            }

            now = Math.Min(Math.Max(next, now + 1), end);
        }
    }

    /// <summary>Asks the server, by its HTTP API, what each way to count gives at the end of the day.</summary>
    public async Task<DemoResult> MeasureAsync()
    {
        double truth = DemoDay.Truth;
        var methods = new List<DemoMethod>();
        foreach (var (name, expr) in DemoRecipe.Methods)
        {
            var value = await SumAsync(expr);
            methods.Add(new DemoMethod(name, expr, value, value - truth));
        }

        return new DemoResult(truth, DemoDay.Events.Count(e => e.Kind == DemoEventKind.Push), methods);
    }

    /// <summary>Hands over to the wall clock and serves until <paramref name="stop"/>.</summary>
    public async Task ServeAsync(CancellationToken stop)
    {
        _clock.HandOver();
        _server.StartLoops();
        await Task.WhenAny(Task.Delay(Timeout.Infinite, stop), _server.QuitRequested);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private static LoadedConfig Load(string file)
    {
        if (!ConfigFile.TryLoad(file, new Engine(new EngineOptions(), TimeProvider.System), out var config, out var errors))
        {
            throw new StartException(string.Join("\n", errors));
        }

        // Rules are evaluated on the quarter minute, so that the sampling never falls on the edge of a window.
        return config with { RuleGroups = [.. config.RuleGroups.Select(g => g with { Phase = TimeSpan.Zero })] };
    }

    private async Task OpenAsync()
    {
        await _server.StartHttpAsync();
        await _server.OpenAsync();
    }

    private async Task<(bool Sampling, bool Running)> HappenAsync(DemoEvent moment, bool sampling, bool running)
    {
        switch (moment.Kind)
        {
            case DemoEventKind.Push:
                await SendAsync(HttpMethod.Put, moment.Batch, $"records_processed {moment.Records}\n");
                break;
            case DemoEventKind.Delete:
                await SendAsync(HttpMethod.Delete, moment.Batch, null);
                break;
            case DemoEventKind.OutageBegins:
                return (false, running);
            case DemoEventKind.OutageEnds:
                return (true, running);
            case DemoEventKind.Stop:
                await _server.DisposeAsync();
                return (sampling, false);
            default:
                _server = TallygateServer.Create(_options, _setup);
                await OpenAsync();
                return (sampling, true);
        }

        return (sampling, running);
    }

    private async Task SendAsync(HttpMethod method, string batch, string? body)
    {
        using var request = new HttpRequestMessage(method, $"{LocalAddress()}/metrics/job/myjob/batch/{batch}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        }

        using var answer = await _http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{method} of the {batch} job: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private async Task<double> SumAsync(string expr)
    {
        var time = ((StartMs + DemoDay.LengthMs) / 1000).ToString(CultureInfo.InvariantCulture);
        var text = await _http.GetStringAsync($"{LocalAddress()}/api/v1/query?time={time}&query={Uri.EscapeDataString(expr)}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Sum(e => double.Parse(e.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));
    }

    private string LocalAddress() => "http://127.0.0.1:" + new Uri(_server.Addresses[0].Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port;
}
