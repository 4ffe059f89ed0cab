using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Rules.Alerting;
using Tallygate.Storage;

namespace Tallygate.Rules;

/// <summary>
/// One running group: at each of its slots all rules are evaluated in file order over one snapshot of the store, and their results are
/// committed at once. Thread-safe; steps of one group exclude each other.
/// </summary>
public sealed class RuleGroup
{
    private readonly Lock _lock = new();
    private readonly RuleManager _manager;
    private readonly RuleSlots _slots;
    private readonly Rule[] _rules;
    private readonly List<Labels> _leftovers = [];
    private readonly QueryOptions _queries;
    private RuleGroupStatistics _statistics = new();
    private long _due;
    private bool _stopped;

    internal RuleGroup(RuleManager manager, RuleGroupDefinition definition, bool restored, long now)
    {
        _manager = manager;
        Definition = definition;
        _queries = new QueryOptions { Origin = new RuleQueryOrigin(definition.File, definition.Name) };
        _slots = new RuleSlots(definition);
        _rules = [.. definition.Rules.Select(Rule (rule) => rule.Alert.Length > 0
            ? new AlertingRule(manager, definition, rule, restored)
            : new RecordingRule(manager, definition, rule))];
        _due = _slots.AtOrBefore(now) + _slots.Interval;
        Status = Describe();
    }

    /// <summary>The group as written.</summary>
    public RuleGroupDefinition Definition { get; }

    /// <summary>How the group stands since its latest iteration. Immutable, swapped as a whole.</summary>
    public RuleGroupStatus Status { get; private set; }

    /// <summary>When the next iteration is due, Unix ms.</summary>
    public long Due
    {
        get
        {
            lock (_lock)
            {
                return _due;
            }
        }
    }

    /// <summary>
    /// Runs the iteration of the newest slot, if one is due; slots before it that nobody ran are counted as missed and not made up for.
    /// Samples carry the time of the slot, less the group's query offset.
    /// </summary>
    /// <param name="now">Unix ms.</param>
    /// <returns>When the next iteration is due, Unix ms.</returns>
    public long Step(long now)
    {
        lock (_lock)
        {
            if (_stopped || now < _due)
            {
                return _stopped ? long.MaxValue : _due;
            }

            var slot = _slots.AtOrBefore(now);
            var missed = (slot - _due) / _slots.Interval;
            if (missed > 0)
            {
                Log.IterationsMissed(_manager.Logger, Definition.File, Definition.Name, missed);
            }

            Run(slot, now, missed);
            _due = slot + _slots.Interval;
            return _due;
        }
    }

    /// <summary>Ends the group: it takes no further step. Gives the series that it has still open.</summary>
    internal IReadOnlyList<Labels> Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            return [.. _rules.SelectMany(static r => r.LiveSeries), .. _leftovers];
        }
    }

    /// <summary>
    /// Takes over from the group that this one replaces: rules with equal name and labels, in order, keep their state; the series of the
    /// others end at the next iteration.
    /// </summary>
    internal void CopyStateFrom(RuleGroup old)
    {
        lock (old._lock)
        {
            old._stopped = true;
            var left = new List<Rule>(old._rules);
            foreach (var rule in _rules)
            {
                var same = left.Find(r => r.Definition.Name == rule.Definition.Name && r.GetType() == rule.GetType() && r.Labels.Equals(rule.Labels));
                if (same is not null)
                {
                    rule.CopyStateFrom(same);
                    left.Remove(same);
                }
            }

            _leftovers.AddRange(left.SelectMany(static r => r.LiveSeries));
            _leftovers.AddRange(old._leftovers);
            _statistics = old._statistics;
            Status = Describe();
        }
    }

    private void Run(long slot, long now, long missed)
    {
        var started = _manager.Clock.GetTimestamp();
        var time = slot - (long)Definition.QueryOffset.TotalMilliseconds;
        using var iteration = new RuleIteration(_manager.Engine, _queries, _manager.Source, _manager.Target, _manager.Clock, time);
        foreach (var rule in _rules)
        {
            rule.Evaluate(iteration, now);
        }

        CloseLeftovers(iteration);
        Commit(iteration);
        RestoreAlerts(now);

        var failures = 0;
        var ruleTime = TimeSpan.Zero;
        foreach (var rule in _rules)
        {
            ruleTime += rule.Status.Evaluation.EvaluationTime;
            if (rule.Status.Evaluation.Health == RuleHealth.Bad)
            {
                failures++;
                Log.RuleFailed(_manager.Logger, Definition.File, Definition.Name, rule.Definition.Name, rule.Status.Evaluation.LastError);
            }
        }

        _statistics = _statistics with
        {
            Evaluations = _statistics.Evaluations + _rules.Length,
            EvaluationFailures = _statistics.EvaluationFailures + failures,
            Iterations = _statistics.Iterations + missed + 1,
            IterationsMissed = _statistics.IterationsMissed + missed,
            LastEvaluation = now,
            LastDuration = _manager.Clock.GetElapsedTime(started),
            LastRuleDurationSum = ruleTime,
            LastSamples = iteration.Samples,
        };
        Status = Describe();
    }

    private void CloseLeftovers(RuleIteration iteration)
    {
        foreach (var labels in _leftovers)
        {
            var series = default(SeriesRef);
            iteration.Append(ref series, labels, RuleSample.Stale);
        }

        _leftovers.Clear();
    }

    private void Commit(RuleIteration iteration)
    {
        try
        {
            iteration.Commit();
        }
        catch (IOException failure)
        {
            // Nothing of the iteration is kept; the rules say so, and the next slot starts from what is stored.
            Log.CommitFailed(_manager.Logger, failure, Definition.File, Definition.Name);
            foreach (var rule in _rules)
            {
                rule.Fail(failure.Message);
            }
        }
    }

    // At the first iteration the alerts appear; only at the second is it sure that the targets were scraped again since the start.
    private void RestoreAlerts(long now)
    {
        if (_statistics.Iterations > 0)
        {
            foreach (var rule in _rules.OfType<AlertingRule>().Where(static r => !r.IsRestored))
            {
                AlertRestore.Run(rule, _manager.Source, _manager.Options, now);
            }
        }
    }

    private RuleGroupStatus Describe() => new(Definition, Array.ConvertAll(_rules, static r => r.Status), _statistics);
}
