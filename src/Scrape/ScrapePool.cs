using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>The targets of one job. Changed by its manager only, under the manager's lock.</summary>
internal sealed class ScrapePool
{
    private readonly ScrapeManager _manager;
    private Dictionary<(Labels Labels, string Url), ScrapeLoop> _loops = [];
    private ScrapeSettings? _settings;

    public ScrapePool(ScrapeManager manager) => _manager = manager;

    /// <summary>The running targets, in the order of the configuration.</summary>
    public IReadOnlyCollection<ScrapeLoop> Loops => _loops.Values;

    /// <summary>What relabeling dropped.</summary>
    public IReadOnlyList<DroppedTarget> Dropped { get; private set; } = [];

    /// <summary>
    /// Makes these the settings and targets. A target that is the same as before goes on, with the new settings from its next scrape on.
    /// </summary>
    /// <returns>The loops of the targets that are gone, and the client that is no longer used once they are stopped.</returns>
    public (IReadOnlyList<ScrapeLoop> Gone, ScrapeClient? Client) Apply(
        ScrapeDefinition definition, Relabeler relabeler, Relabeler metricRelabeler, long now)
    {
        var old = _settings;
        if (old is null || !ScrapeDefinitionComparison.AreEqual(old.Definition, definition))
        {
            _settings = new ScrapeSettings(definition, metricRelabeler, new ScrapeClient(definition, _manager.Options, _manager.Clock));
        }

        var loops = new Dictionary<(Labels, string), ScrapeLoop>();
        var dropped = new List<DroppedTarget>();
        foreach (var group in definition.StaticTargets)
        {
            foreach (var address in group.Addresses)
            {
                var discovered = TargetPlanner.Discover(definition, address, group.Labels);
                var plan = TargetPlanner.Plan(definition, relabeler, discovered, out var problem);
                if (problem is not null)
                {
                    Log.BadTarget(_manager.Logger, definition.JobName, address, problem);
                }
                else if (plan is null)
                {
                    dropped.Add(new DroppedTarget(discovered, definition.JobName));
                }
                else if (!loops.ContainsKey(plan.Key))
                {
                    loops.Add(plan.Key, Loop(plan, now));
                }
            }
        }

        var gone = _loops.Where(l => !loops.TryGetValue(l.Key, out var kept) || kept != l.Value).Select(static l => l.Value).ToArray();
        _loops = loops;
        Dropped = dropped;
        return (gone, ReferenceEquals(old, _settings) ? null : old?.Client);
    }

    /// <summary>Ends the job.</summary>
    public (IReadOnlyList<ScrapeLoop> Gone, ScrapeClient? Client) Clear()
    {
        var gone = _loops.Values.ToArray();
        _loops = [];
        Dropped = [];
        return (gone, _settings?.Client);
    }

    private ScrapeLoop Loop(TargetPlan plan, long now)
    {
        if (_loops.TryGetValue(plan.Key, out var running)
            && running.Target.Interval == plan.Interval
            && running.Target.Timeout == plan.Timeout)
        {
            running.Reconfigure(_settings!);
            return running;
        }

        return new ScrapeLoop(_manager, plan, _settings!, now);
    }
}
