using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Rules;
using Tallygate.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;

namespace Tallygate.Lab;

/// <summary>
/// The rooms of a server as it composes them, on a file layer in memory that can be made to fail and on a clock that stands where it is put.
/// Nothing here is a model: parser, judge, log, folds, sampler, rules, database and engine are those of the program.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public const long IntervalMs = 15_000;

    private static readonly Engine Engine = new(new EngineOptions(), TimeProvider.System);
    private readonly SimulatedFileSystem _files;
    private readonly LabClock _clock;
    private readonly long _phaseMs;
    private readonly RecipeForm _recipe;
    private int _reloads;
    private readonly Utf8StringPool _strings = new(256);
    private EmbeddedPushLog _log = null!;
    private Database _pushes = null!;
    private Database _samples = null!;
    private FanoutStorage _all = null!;
    private PushGateway _gateway = null!;
    private GatewaySampler _sampler = null!;
    private RuleManager _rules = null!;

    /// <summary>What a configuration would say: one total of all that is processed, whatever batch, instance or type.</summary>
    private static readonly GatewaySettings Settings = new()
    {
        Totals =
        [
            new TotalRule { Matchers = [new LabelMatcher(Model.MatchType.Equal, Labels.MetricName, "records_processed")], By = true, Labels = ["job"] },
        ],
    };

    private World(int seed, LabClock clock, long phaseMs, RecipeForm recipe)
    {
        _recipe = recipe;
        _files = new SimulatedFileSystem(seed);
        _clock = clock;
        _phaseMs = phaseMs;
    }

    /// <summary>Writes to the disk so far.</summary>
    public long Writes => _files.Operations;

    public static async Task<World> StartAsync(int seed, LabClock clock, long phaseMs, RecipeForm recipe)
    {
        var world = new World(seed, clock, phaseMs, recipe);
        await world.OpenAsync();
        return world;
    }

    /// <summary>The process will die at the write with this number.</summary>
    public void DieAt(long write) => _files.DiesAt = write;

    /// <summary>Sends a push as a client would, and returns the status; 0 where the process died meanwhile.</summary>
    public async Task<int> SendAsync(LabPush push)
    {
        if (!GroupingPath.TryParse(push.Group, out var grouping, out var refusal))
        {
            return refusal.Status;
        }

        if (!PushTextParser.TryParse(Encoding.UTF8.GetBytes(push.Text), PushParseOptions.Default, _strings, out var families, out _))
        {
            return 400;
        }

        var request = new PushRequest(push.Replace ? PushVerb.Replace : PushVerb.Merge, grouping, families)
        {
            Notes = push is { Key: null, Run: null, LateMs: 0 } ? null : new PushNotes
            {
                IdempotencyKey = push.Key,
                RunId = push.Run,
                State = push.EndsRun ? RunState.Finished : RunState.Unsaid,
                PushTimeUnixNano = push.LateMs == 0 ? null : (_clock.Ms - push.LateMs) * 1_000_000,
            },
        };
        return await StatusAsync(_gateway.PushAsync(request));
    }

    public async Task<int> DeleteAsync(string group) =>
        GroupingPath.TryParse(group, out var grouping, out var refusal) ? await StatusAsync(_gateway.DeleteAsync(grouping)) : refusal.Status;

    public Task<int> WipeAsync() => StatusAsync(_gateway.WipeAsync());

    /// <summary>What a reload does: rule groups of another name, and the same totals.</summary>
    public void Reload()
    {
        _reloads++;
        _rules.Apply(Recipe.Of(_recipe, $"example{_reloads}"), _clock.Ms);
        _gateway.Apply(Settings);
    }

    /// <summary>Does what the server's loops do at this moment.</summary>
    /// <param name="sampling">Whether scrapes succeed.</param>
    /// <param name="stalled">Whether neither scrapes nor evaluations happen.</param>
    /// <returns>When they are due next; null where the process died.</returns>
    public long? Step(bool sampling, bool stalled)
    {
        var now = _clock.Ms;
        try
        {
            var next = sampling && !stalled ? _sampler.Step(now) : now + IntervalMs;
            next = stalled ? next : Math.Min(next, _rules.Step(now));
            _gateway.Step(now);
            _log.Step(now);
            _pushes.Step(now);
            _samples.Step(now);
            return next;
        }
        catch (Exception problem) when (problem is SimulatedCrashException or IOException)
        {
            return null;
        }
    }

    /// <summary>Brings a process up again that died or was stopped.</summary>
    public async Task RebootAsync(bool powerFailed)
    {
        await CloseAsync();
        if (powerFailed)
        {
            _files.PowerLoss();
        }
        else
        {
            _files.Restart();
        }

        _files.DiesAt = null;
        await OpenAsync();
    }

    /// <summary>The sum over all series that an expression gives now.</summary>
    public double Ask(string expression)
    {
        var result = Engine.Instant(_all, $"sum({expression})", _clock.Ms);
        return result.Error is { } error
            ? throw new InvalidOperationException($"{expression}: {error.Message}")
            : result.Value is PromQL.Values.Vector { Samples: [var only] } ? only.Value : 0;
    }

    /// <summary>The running total that <c>/api/v1/totals</c> shows; 0 where there is none yet.</summary>
    public double Total() => _gateway.TrueTotals().Where(f => f.Name == "records_processed_pushed_total").SelectMany(f => f.Metrics).Sum(m => m.Value);

    public async ValueTask DisposeAsync() => await CloseAsync();

    private static async Task<int> StatusAsync(Task<PushOutcome> asked)
    {
        try
        {
            var outcome = await asked;
            return outcome.Status >= 500 ? 0 : outcome.Status;
        }
        catch (Exception problem) when (problem is SimulatedCrashException or IOException or InvalidOperationException)
        {
            return 0;
        }
    }

    private async Task OpenAsync()
    {
        _log = EmbeddedPushLog.Open("/log", new EmbeddedPushLogOptions(), null, _files);
        _pushes = Database.Open("/pushes", DatabaseOptions.Pushes with { Files = _files }, _clock, NullLogger.Instance);
        _samples = Database.Open("/samples", DatabaseOptions.Samples with { Files = _files }, _clock, NullLogger.Instance);
        _all = new FanoutStorage(_samples, [_pushes, _samples]);
        _gateway = new PushGateway(_log, _pushes, _pushes, _pushes, new GatewayOptions { Settings = Settings }, _clock, NullLogger<PushGateway>.Instance);
        await _gateway.StartAsync();
        _sampler = new GatewaySampler(() => _gateway.Groups, () => _gateway.Totals(_clock.Ms), _samples, new SamplerOptions { IntervalMs = IntervalMs, OffsetMs = _phaseMs }, _clock);
        _rules = new RuleManager(new RuleManagerOptions(), Engine, _all, _samples, _clock, NullLogger<RuleManager>.Instance);
        _rules.Apply(Recipe.Of(_recipe), _clock.Ms);
    }

    private async Task CloseAsync()
    {
        await QuietlyAsync(() => _gateway.StopAsync());
        await QuietlyAsync(() => _samples.DisposeAsync().AsTask());
        await QuietlyAsync(() => _pushes.DisposeAsync().AsTask());
        await QuietlyAsync(() => _log.DisposeAsync().AsTask());
    }

    /// <summary>What is dead cannot be closed well; what it held is in the file layer.</summary>
    private static async Task QuietlyAsync(Func<Task> close)
    {
        try
        {
            await close();
        }
        catch (Exception problem) when (problem is SimulatedCrashException or IOException or InvalidOperationException)
        {
        }
    }
}
