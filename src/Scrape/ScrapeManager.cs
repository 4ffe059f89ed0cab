using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition;
using Tallygate.Model;
using Tallygate.Scrape.Relabeling;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>
/// The running scrape jobs. Thread-safe. Who runs it calls <see cref="Step"/> when it is due; scrapes that take their time go on beside it.
/// Over a transport that answers at once, a step does all its work before it returns, in a fixed order.
/// </summary>
public sealed class ScrapeManager
{
    private readonly Lock _lock = new();
    private readonly List<RetiredTarget> _retired = [];
    private readonly Dictionary<string, ScrapePool> _pools = [];
    private volatile ScrapeLoop[] _loops = [];
    private volatile DroppedTarget[] _dropped = [];
    private ScrapeStatistics _statistics = new(0, 0, 0, 0, 0, 0, 0);

    /// <param name="target">The store that takes the samples.</param>
    /// <param name="clock">Measures durations and timeouts; what time it is, the steps are told.</param>
    public ScrapeManager(ScrapeManagerOptions options, IAppendableStorage target, TimeProvider clock, ILogger<ScrapeManager>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(clock);
        Options = options;
        Target = target;
        Clock = clock;
        Logger = logger ?? NullLogger<ScrapeManager>.Instance;
    }

    /// <summary>The targets, by job in the order of the configuration.</summary>
    public IReadOnlyList<TargetStatus> Targets => Array.ConvertAll(_loops, static l => l.Status);

    /// <summary>The targets that relabeling dropped.</summary>
    public IReadOnlyList<DroppedTarget> Dropped => _dropped;

    /// <summary>What the targets say of their metric families.</summary>
    public IReadOnlyList<(TargetStatus Target, IReadOnlyList<FamilyDescription> Families)> Metadata =>
        Array.ConvertAll(_loops, static l => (l.Status, l.Metadata));

    /// <summary>What the scrapes came upon since the start.</summary>
    public ScrapeStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                return _statistics;
            }
        }
    }

    internal ScrapeManagerOptions Options { get; }

    internal IAppendableStorage Target { get; }

    internal TimeProvider Clock { get; }

    internal ILogger Logger { get; }

    internal Utf8StringPool Pool { get; } = new();

    /// <summary>
    /// Makes these the running jobs. Targets that are the same as before go on with what is known of their series; the series of targets
    /// that are gone end after what would have been their second scrape from now, unless somebody goes on writing them.
    /// </summary>
    /// <param name="now">Unix ms.</param>
    /// <returns>What is wrong with the configurations. Where that is anything, nothing was changed.</returns>
    public IReadOnlyList<ScrapeProblem> Apply(IReadOnlyList<ScrapeDefinition> definitions, long now)
    {
        var problems = ScrapeCheck.Problems(definitions);
        if (problems.Count > 0)
        {
            return problems;
        }

        lock (_lock)
        {
            foreach (var job in _pools.Keys.Except(definitions.Select(static d => d.JobName)).ToArray())
            {
                Retire(_pools[job].Clear(), now);
                _pools.Remove(job);
            }

            foreach (var definition in definitions)
            {
                if (!_pools.TryGetValue(definition.JobName, out var pool))
                {
                    pool = new ScrapePool(this);
                    _pools.Add(definition.JobName, pool);
                }

                Retire(pool.Apply(definition, Compile(definition.RelabelConfigs), Compile(definition.MetricRelabelConfigs), now), now);
            }

            _loops = [.. definitions.SelectMany(d => _pools[d.JobName].Loops)];
            _dropped = [.. definitions.SelectMany(d => _pools[d.JobName].Dropped)];
        }

        return [];
    }

    /// <summary>Begins the scrapes that are due, in order of their slots, then of the configuration.</summary>
    /// <param name="now">Unix ms.</param>
    /// <returns>When the next step is due, Unix ms; <see cref="long.MaxValue"/> where there is nothing to do.</returns>
    public long Step(long now)
    {
        var next = CloseRetired(now);
        var loops = _loops;
        foreach (var loop in loops.Where(l => l.Due <= now).OrderBy(static l => l.Due).ToArray())
        {
            loop.Step(now);
        }

        foreach (var loop in loops)
        {
            next = Math.Min(next, loop.Due);
        }

        return next;
    }

    /// <summary>Ends when no scrape is under way.</summary>
    public Task IdleAsync() => Task.WhenAll(Array.ConvertAll(_loops, static l => l.Running));

    /// <summary>Breaks off the scrapes under way, of which nothing is kept. No series ends: a restart goes on with them.</summary>
    public Task StopAsync() => Task.WhenAll(Array.ConvertAll(_loops, static l => l.StopAsync()));

    internal void Count(in ScrapeReport report)
    {
        lock (_lock)
        {
            _statistics = new ScrapeStatistics(
                _statistics.Scrapes + 1,
                _statistics.OutOfOrder + report.OutOfOrder,
                _statistics.DuplicateTimestamps + report.Duplicates,
                _statistics.OutOfBounds + report.OutOfBounds,
                _statistics.ExemplarsOutOfOrder + report.ExemplarsOutOfOrder,
                _statistics.ExceededSampleLimit + (report.Error == ScrapeIngest.SampleLimitExceeded ? 1 : 0),
                _statistics.ExceededBodySizeLimit + (report.Error == ScrapeClient.BodySizeLimitExceeded ? 1 : 0));
        }
    }

    private static Relabeler Compile(IReadOnlyList<RelabelConfig> configs) =>
        Relabeler.TryCreate(configs, out var relabeler, out _, out var problem) ? relabeler : throw new ArgumentException(problem);

    private void Retire((IReadOnlyList<ScrapeLoop> Gone, ScrapeClient? Client) left, long now)
    {
        var stopped = Task.WhenAll(left.Gone.Select(static l => l.StopAsync()));
        foreach (var loop in left.Gone)
        {
            // Two scrapes of grace for a target that comes back under another job: its newer samples make the markers void.
            var interval = (long)loop.Target.Interval.TotalMilliseconds;
            var first = Math.Max(now, loop.Due);
            _retired.Add(new RetiredTarget(loop, stopped, first + interval + (interval / 10), first));
        }

        if (left.Client is { } client)
        {
            // Other loops of the job may be in the middle of a scrape with it.
            var users = Task.WhenAll([stopped, .. _loops.Select(static l => l.Running)]);
            _ = users.ContinueWith(_ => client.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private long CloseRetired(long now)
    {
        lock (_lock)
        {
            foreach (var retired in _retired.Where(r => r.Due <= now && r.Stopped.IsCompleted))
            {
                retired.Loop.CloseSeries(retired.Time);
                retired.Loop.Dispose();
            }

            _retired.RemoveAll(r => r.Due <= now && r.Stopped.IsCompleted);
            return _retired.Count == 0 ? long.MaxValue : Math.Max(now + 1, _retired.Min(static r => r.Due));
        }
    }

    /// <summary>A target that is gone and whose series are still open.</summary>
    /// <param name="Stopped">Ends when its last scrape is over.</param>
    /// <param name="Due">When its series are closed.</param>
    /// <param name="Time">The time of the markers.</param>
    private sealed record RetiredTarget(ScrapeLoop Loop, Task Stopped, long Due, long Time);
}
