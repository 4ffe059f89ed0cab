using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Sampling;

/// <summary>
/// Reads the gateway view at every scrape interval into a store, as a Prometheus with <c>honor_labels</c> would that scrapes
/// <c>/metrics</c>: pushed
/// series keep their labels, an empty instance vanishes, series that are gone get a stale marker; the program's own metrics get the
/// target's
/// labels. It is a step function of the time, driven by one thread.
/// </summary>
public sealed class GatewaySampler
{
    private readonly Func<GroupsView> _groups;
    private readonly Func<IReadOnlyList<MetricFamily>> _own;
    private readonly IAppendableStorage _storage;
    private readonly TimeProvider _time;
    private readonly SamplerOptions _options;
    private readonly Dictionary<Labels, SampledGroup> _sampled = [];
    private readonly Dictionary<string, int> _pushedNames = [];
    private readonly SlotNames _target;
    private readonly SeriesSlots _report;
    private Dictionary<string, SeriesSlots> _ownSlots = [];
    private GroupsView _view = GroupsView.Empty;
    private SeriesChanges _changes = new();
    private long _next;

    /// <param name="groups">Gives the view to sample, mostly that of <see cref="PushGateway.Groups"/>.</param>
    /// <param name="own">
    /// Gives the program's own families, without <c>job</c> and <c>instance</c>, which are set; where there is a <c>job</c>, be it empty, the
    /// labels stay as they are.
    /// </param>
    /// <param name="storage">The store of the samples.</param>
    /// <param name="time">Only measures how long a sampling takes.</param>
    public GatewaySampler(
        Func<GroupsView> groups,
        Func<IReadOnlyList<MetricFamily>> own,
        IAppendableStorage storage,
        SamplerOptions options,
        TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntervalMs, 1);
        _groups = groups;
        _own = own;
        _storage = storage;
        _options = options;
        _time = time;
        _target = new SlotNames("", OfTarget);
        _report = SeriesSlots.Of(ReportFamily(default), new SlotNames("", labels => ReportName(OfTarget(labels))));

        Labels OfTarget(Labels labels) => labels.With("job", options.Job).With("instance", options.Instance);
    }

    /// <summary>What the last sampling did; null before the first.</summary>
    public SampleReport? Last { get; private set; }

    /// <summary>
    /// Takes the sample of the last tick of the grid that is not after <paramref name="now"/>, if that was not done yet. Ticks that were
    /// missed stay
    /// missed.
    /// </summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>The next tick, Unix milliseconds.</returns>
    /// <exception cref="IOException">The store could not keep the sample. The next step goes on with the next tick.</exception>
    public long Step(long now)
    {
        var phase = (now - _options.OffsetMs) % _options.IntervalMs;
        var tick = now - (phase < 0 ? phase + _options.IntervalMs : phase);
        if (tick >= _next)
        {
            _next = tick + _options.IntervalMs;
            Sample(tick);
        }

        return _next;
    }

    /// <summary>Ends all series with stale markers, as when the target is taken away.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public void Retire(long now)
    {
        using var appender = _storage.Appender();
        GroupsDiff.Between(_view, GroupsView.Empty, Change);
        _view = GroupsView.Empty;
        NoteOwn([]);
        _changes.Note(_report, null);
        _changes.AppendStale(appender, now);
        appender.Commit();
        _changes = new SeriesChanges();
        Last = null;
    }

    private void Sample(long tick)
    {
        var start = _time.GetTimestamp();
        var view = _groups();
        GroupsDiff.Between(_view, view, Change);
        _view = view;

        using var appender = _storage.Appender();
        var samples = 0;
        foreach (var group in _sampled.Values)
        {
            samples += group.Append(appender, tick);
        }

        samples += AppendOwn(appender, tick);
        _changes.AppendStale(appender, tick);
        var report = new SampleReport(tick, _time.GetElapsedTime(start).TotalSeconds, samples, _changes.Added, _changes.Stale);
        _report.TryTake(ReportFamily(report));
        _report.Append(appender, tick);
        appender.Commit();
        _changes = new SeriesChanges();
        Last = report;
    }

    private void Change(MetricGroup? before, MetricGroup? after)
    {
        CountNames(before, -1);
        CountNames(after, 1);
        var key = (after ?? before)!.Key;
        if (!_sampled.TryGetValue(key, out var sampled))
        {
            sampled = new SampledGroup();
            _sampled.Add(key, sampled);
        }

        sampled.Change(after, _changes);
        if (after is null)
        {
            _sampled.Remove(key);
        }
    }

    private void CountNames(MetricGroup? group, int difference)
    {
        foreach (var family in group is null ? [] : group.FamiliesSpan)
        {
            var count = _pushedNames.GetValueOrDefault(family.Family.Name) + difference;
            if (count == 0)
            {
                _pushedNames.Remove(family.Family.Name);
            }
            else
            {
                _pushedNames[family.Family.Name] = count;
            }
        }
    }

    private int AppendOwn(IAppender appender, long tick)
    {
        var families = _own().Where(f => !_pushedNames.ContainsKey(f.Name) || ReservedFamilies.Contains(f.Name)).ToArray();
        var slots = NoteOwn(families);
        var samples = 0;
        foreach (var family in families)
        {
            slots[family.Name].Append(appender, tick);
            samples += slots[family.Name].Count;
        }

        return samples;
    }

    private Dictionary<string, SeriesSlots> NoteOwn(MetricFamily[] families)
    {
        var slots = new Dictionary<string, SeriesSlots>(families.Length);
        foreach (var family in families)
        {
            _ownSlots.Remove(family.Name, out var known);
            // Running totals and the like speak of jobs of others: they bring their own job.
            var others = family.Metrics.Count > 0 && family.LabelsAt(0).Has("job");
            var fitting = known is not null && known.TryTake(family) ? known : SeriesSlots.Of(family, others ? SlotNames.Plain : _target);
            _changes.Note(known, fitting);
            slots[family.Name] = fitting;
        }

        foreach (var gone in _ownSlots.Values)
        {
            _changes.Note(gone, null);
        }

        _ownSlots = slots;
        return slots;
    }

    /// <summary>The series about the target, as one family whose metrics carry their names in a label until they are stored.</summary>
    private static MetricFamily ReportFamily(SampleReport report) => new()
    {
        Name = "up",
        Type = MetricType.Gauge,
        Metrics =
        [
            ReportMetric("up", 1),
            ReportMetric("scrape_duration_seconds", report.DurationSeconds),
            ReportMetric("scrape_samples_scraped", report.Samples),
            ReportMetric("scrape_samples_post_metric_relabeling", report.Samples),
            ReportMetric("scrape_series_added", report.SeriesAdded),
        ],
    };

    private static Metric ReportMetric(string name, double value) =>
        new() { Labels = Labels.Of("series", name), Payload = MetricPayload.Gauge, Value = value };

    private static Labels ReportName(Labels labels) => labels.With(Labels.MetricName, labels.Get("series")).Without("series");
}
