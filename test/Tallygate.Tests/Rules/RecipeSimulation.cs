using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Rules;
using Tallygate.Storage;

namespace Tallygate.Tests.Rules;

/// <summary>
/// A gateway that shows the last push of each group, its scrapes with <c>honor_labels</c>, and a rule group, on a clock of the test's. Times
/// are milliseconds from 0. What happens at one moment happens in the order push, scrape, rules.
/// </summary>
internal sealed class RecipeSimulation
{
    private readonly SortedDictionary<long, List<Action>> _events = [];
    private readonly Dictionary<string, Dictionary<Labels, double>> _gateway = [];
    private readonly List<(long From, long To)> _failing = [];
    private readonly List<(long From, long To)> _standing = [];
    private readonly HashSet<Labels> _shown = [];
    private readonly RuleGroupDefinition _group;
    private readonly long _scrapeInterval;
    private readonly long _scrapePhase;

    public RecipeSimulation(RuleGroupDefinition group, long scrapeInterval, long scrapePhase)
    {
        _group = group;
        _scrapeInterval = scrapeInterval;
        _scrapePhase = scrapePhase;
        Source = Storage;
        Rules = NewManager(0);
    }

    public static Engine Engine { get; } = new(new EngineOptions(), TimeProvider.System);

    public InMemoryStorage Storage { get; } = new();

    /// <summary>What the rules read; a test may put something between.</summary>
    public IQueryableStorage Source { get; set; }

    public RuleManager Rules { get; private set; }

    /// <summary>The sum of the values that were pushed.</summary>
    public double Pushed { get; private set; }

    /// <summary>What was scraped: the marker where a series ended.</summary>
    public List<(long Time, Labels Labels, double Value)> Scraped { get; } = [];

    /// <summary>Pushes one value for the job <c>myjob</c>, or the job that the labels name.</summary>
    public void Push(long time, double value, params string[] labels) => At(time, () =>
    {
        var group = Labels.Of(["job", "myjob"]);
        var metric = labels.Length == 0 ? group : Labels.Of(["job", "myjob", .. labels]);
        var samples = _gateway.GetValueOrDefault("myjob") ?? [];
        samples[metric.With(Labels.MetricName, "records_processed")] = value;
        // The fraction of the receive time has more digits than milliseconds.
        samples[group.With(Labels.MetricName, "push_time_seconds")] = (time / 1000.0) + 0.000123456;
        _gateway["myjob"] = samples;
        Pushed += value;
    });

    public void DeleteGroup(long time) => At(time, () => _gateway.Remove("myjob"));

    /// <summary>Scrapes fail between the two times.</summary>
    public void FailScrapes(long from, long to) => _failing.Add((from, to));

    /// <summary>The process that scrapes and evaluates stands still between the two times.</summary>
    public void StandStill(long from, long to) => _standing.Add((from, to));

    /// <summary>Starts the rules anew, as after a crash: nothing but the store is left.</summary>
    public void Restart(long time) => At(time, () => Rules = NewManager(time));

    /// <summary>Puts a reload into the course of things.</summary>
    public void At(long time, Action action)
    {
        if (!_events.TryGetValue(time, out var actions))
        {
            _events.Add(time, actions = []);
        }

        actions.Add(action);
    }

    /// <summary>Lets time pass up to and including <paramref name="until"/>.</summary>
    public void Run(long until)
    {
        for (long now = 0; now <= until; now += 10)
        {
            if (_events.Remove(now, out var actions))
            {
                actions.ForEach(static a => a());
            }

            if (_standing.Exists(s => s.From <= now && now < s.To))
            {
                continue;
            }

            if (now % _scrapeInterval == _scrapePhase)
            {
                Scrape(now);
            }

            if (Rules.Groups[0].Due <= now)
            {
                Rules.Step(now);
            }
        }
    }

    /// <summary>The value of a query that gives one number; null where it gives none.</summary>
    public double? Ask(string query, long time)
    {
        var result = Engine.Instant(Storage, query, time);
        Assert.Null(result.Error?.Message);
        var vector = Assert.IsType<Vector>(result.Value);
        return vector.Samples.Count == 0 ? null : Assert.Single(vector.Samples).Value;
    }

    public void Scrape(long now)
    {
        using var appender = Storage.Appender();
        var shown = _failing.Exists(f => f.From <= now && now < f.To) ? [] : _gateway.Values.SelectMany(static g => g).ToDictionary();
        foreach (var labels in _shown.Where(l => !shown.ContainsKey(l)).ToArray())
        {
            Append(appender, labels, now, StaleMarker.Value);
            _shown.Remove(labels);
        }

        foreach (var (labels, value) in shown)
        {
            Append(appender, labels, now, value);
            _shown.Add(labels);
        }

        appender.Commit();
    }

    private void Append(IAppender appender, Labels labels, long now, double value)
    {
        var series = default(SeriesRef);
        appender.Append(ref series, labels, now, value);
        Scraped.Add((now, labels, value));
    }

    private RuleManager NewManager(long now)
    {
        var manager = new RuleManager(new RuleManagerOptions(), Engine, new Redirect(this), Storage, TimeProvider.System);
        Assert.Empty(manager.Apply([_group], now));
        return manager;
    }

    private sealed class Redirect(RecipeSimulation simulation) : IQueryableStorage
    {
        public IQuerier Querier(long minTime, long maxTime) => simulation.Source.Querier(minTime, maxTime);

        public IStorageSnapshot Snapshot() => simulation.Source.Snapshot();
    }
}
