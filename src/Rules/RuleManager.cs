using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Storage;

namespace Tallygate.Rules;

/// <summary>
/// The running rule groups. Thread-safe. Who runs it calls <see cref="Step"/> when it is due, or the step of each of <see cref="Groups"/> on
/// a loop of its own; the two may be mixed.
/// </summary>
public sealed class RuleManager
{
    private readonly Lock _lock = new();
    private readonly List<RetiredSeries> _retired = [];
    private volatile RuleGroup[] _groups = [];
    private volatile Labels _externalLabels = Labels.Empty;
    private bool _loaded;

    /// <param name="source">The store that the rules read.</param>
    /// <param name="target">The store that takes their results; they must be readable in <paramref name="source"/>.</param>
    /// <param name="clock">Measures how long evaluations take; what time it is, the steps are told.</param>
    public RuleManager(
        RuleManagerOptions options,
        Engine engine,
        IQueryableStorage source,
        IAppendableStorage target,
        TimeProvider clock,
        ILogger<RuleManager>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(clock);
        Options = options;
        Engine = engine;
        Source = source;
        Target = target;
        Clock = clock;
        Logger = logger ?? NullLogger<RuleManager>.Instance;
    }

    /// <summary>The running groups, sorted by file and name. Immutable, swapped as a whole by <see cref="Apply"/>.</summary>
    public IReadOnlyList<RuleGroup> Groups => _groups;

    /// <summary>What tells this server's alerts from those of others; the texts of alerts may name them.</summary>
    internal Labels ExternalLabels => _externalLabels;

    internal RuleManagerOptions Options { get; }

    internal Engine Engine { get; }

    internal IQueryableStorage Source { get; }

    internal IAppendableStorage Target { get; }

    internal TimeProvider Clock { get; }

    internal ILogger Logger { get; }

    /// <summary>
    /// Makes these the running groups. Groups that are the same as before run on; changed ones start at their next slot with the state of
    /// the old ones (alerts, series to close); the series of removed ones end two intervals later, unless somebody goes on writing them.
    /// </summary>
    /// <param name="groups">All groups of all files.</param>
    /// <param name="now">Unix ms.</param>
    /// <param name="externalLabels">The labels of this server in the configuration; null: none.</param>
    /// <returns>What is wrong with the groups. Where that is anything, nothing was changed.</returns>
    public IReadOnlyList<RuleProblem> Apply(IReadOnlyList<RuleGroupDefinition> groups, long now, Labels? externalLabels = null)
    {
        var problems = RuleCheck.Problems(groups, Engine);
        if (problems.Count > 0)
        {
            return problems;
        }

        lock (_lock)
        {
            var old = _groups.ToDictionary(static g => (g.Definition.File, g.Definition.Name));
            var running = new List<RuleGroup>(groups.Count);
            foreach (var definition in groups)
            {
                if (!old.Remove((definition.File, definition.Name), out var before))
                {
                    // Only at the first load can there be alerts of an earlier process to wait for.
                    running.Add(new RuleGroup(this, definition, restored: _loaded, now));
                }
                else if (RuleGroupComparison.AreEqual(before.Definition, definition))
                {
                    running.Add(before);
                }
                else
                {
                    var changed = new RuleGroup(this, definition, restored: true, now);
                    changed.CopyStateFrom(before);
                    running.Add(changed);
                }
            }

            foreach (var gone in old.Values)
            {
                Retire(gone, now);
            }

            _loaded = true;
            _externalLabels = externalLabels ?? Labels.Empty;
            _groups = [.. running
                .OrderBy(static g => g.Definition.File, Utf8Order.Instance)
                .ThenBy(static g => g.Definition.Name, Utf8Order.Instance)];
        }

        return [];
    }

    /// <summary>Runs every group that is due, one after the other, in order of their slots, then of file and name.</summary>
    /// <param name="now">Unix ms.</param>
    /// <returns>When the next step is due, Unix ms.</returns>
    public long Step(long now)
    {
        var next = CloseRetired(now);
        foreach (var group in _groups.Where(g => g.Due <= now).OrderBy(static g => g.Due).ToArray())
        {
            group.Step(now);
        }

        foreach (var group in _groups)
        {
            next = Math.Min(next, group.Due);
        }

        return next;
    }

    private void Retire(RuleGroup group, long now)
    {
        var series = group.Stop();
        if (series.Count > 0)
        {
            var wait = 2 * (long)group.Definition.Interval.TotalMilliseconds;
            _retired.Add(new RetiredSeries(now + wait, now - (long)group.Definition.QueryOffset.TotalMilliseconds, series));
        }
    }

    // The markers carry the time of the removal: where a renamed group goes on with a series, they are out of order and fall away.
    private long CloseRetired(long now)
    {
        lock (_lock)
        {
            try
            {
                foreach (var retired in _retired.Where(r => r.Due <= now))
                {
                    Close(retired);
                }
            }
            catch (IOException failure)
            {
                // The series age out by the lookback then; the groups that run must not suffer for those that are gone.
                Log.CloseFailed(Logger, failure);
            }

            _retired.RemoveAll(r => r.Due <= now);
            return _retired.Count == 0 ? long.MaxValue : _retired.Min(static r => r.Due);
        }
    }

    private void Close(RetiredSeries retired)
    {
        using var appender = Target.Appender();
        foreach (var labels in retired.Series)
        {
            var series = default(SeriesRef);
            appender.Append(ref series, labels, retired.Time, StaleMarker.Value);
        }

        appender.Commit();
    }

    /// <summary>Series of a removed group that are still open.</summary>
    /// <param name="Due">When they are closed.</param>
    /// <param name="Time">The time of the markers.</param>
    private sealed record RetiredSeries(long Due, long Time, IReadOnlyList<Labels> Series);
}
