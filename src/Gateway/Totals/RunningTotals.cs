using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Totals;

/// <summary>
/// The fold of the declared totals: ever-growing sums and the like of all that is booked, for a Prometheus that scrapes. Which rules hold
/// stands in the log too, as Configure entries; a rule starts at 0 with the entry that brings it. Deletions and wipes leave totals as they are.
/// </summary>
/// <remarks>All but <see cref="Families"/> and the counters belongs to the writer; those may be called by any thread.</remarks>
public sealed class RunningTotals : IFold
{
    private readonly OpenRuns _runs;
    private readonly Lock _publishing = new();
    private readonly List<Total> _changed = [];
    private readonly List<Total> _published = [];
    private readonly long[] _leftOut = new long[Enum.GetValues<LeftOut>().Length];
    private List<TotalSet> _sets = [];
    private bool _reconfigured;
    private byte[] _configured = TotalRules.Write([]);

    /// <param name="runs">The fold of runs, which takes each entry before this one.</param>
    internal RunningTotals(OpenRuns runs) => _runs = runs;

    /// <inheritdoc/>
    public string Name => "running totals";

    /// <inheritdoc/>
    public LogPosition Position { get; private set; }

    /// <summary>The rules that hold, as the body of an entry.</summary>
    internal ReadOnlyMemory<byte> Configured => Volatile.Read(ref _configured);

    /// <summary>How many values were left out for a reason, over the whole log.</summary>
    public long LeftOutFor(LeftOut reason) => Volatile.Read(ref _leftOut[(int)reason]);

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        Position = entry.Position;
        var record = entry.Record;
        if (record.Verb == PushVerb.Configure)
        {
            Configure(record);
        }
        else if (_sets.Count > 0 && _runs.Booked(record) is { } families)
        {
            foreach (var family in families)
            {
                Take(family, record);
            }
        }
    }

    /// <inheritdoc/>
    public void Publish()
    {
        if (_changed.Count == 0 && !_reconfigured)
        {
            return;
        }

        lock (_publishing)
        {
            foreach (var total in _changed)
            {
                total.Publish();
                total.IsDirty = false;
                if (!total.IsPublished)
                {
                    total.IsPublished = true;
                    _published.Add(total);
                }
            }

            if (_reconfigured)
            {
                _published.Clear();
                _published.AddRange(_sets.SelectMany(static s => s.All));
            }
        }

        _changed.Clear();
        _reconfigured = false;
    }

    /// <summary>All totals as last published, as families sorted by name, their metrics by labels.</summary>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="zeroForMs">How long after its birth a counting total still shows 0; 0 for the true totals.</param>
    public IReadOnlyList<MetricFamily> Families(long nowMs, long zeroForMs)
    {
        var families = new SortedDictionary<string, (MetricType Type, List<Metric> Metrics)>(Utf8Order.Instance);
        lock (_publishing)
        {
            foreach (var total in _published)
            {
                if (!families.TryGetValue(total.Family, out var family))
                {
                    family = (total.Type, []);
                    families.Add(total.Family, family);
                }

                // Groups that come one after the other may give a name two types; the first stays.
                if (family.Type != total.Type)
                {
                    continue;
                }

                family.Metrics.Add(total.ToMetric(zero: nowMs < total.BornMs + zeroForMs));
            }
        }

        var sorted = new List<MetricFamily>(families.Count);
        foreach (var (name, (type, metrics)) in families)
        {
            metrics.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
            sorted.Add(new MetricFamily { Name = name, Help = "Running total of all that was pushed.", Type = type, Metrics = metrics });
        }

        return sorted;
    }

    private void Configure(PushRecord record)
    {
        if (TotalRules.Read(record.Body) is not { } rules)
        {
            return;
        }

        // A rule that stays goes on; one that is changed is a new one.
        var known = _sets.ToDictionary(static s => s.Rule.ToString());
        _sets = rules.ConvertAll(rule => known.GetValueOrDefault(rule.ToString()) ?? new TotalSet(rule, IsFree));
        _reconfigured = true;
        Volatile.Write(ref _configured, record.Body.ToArray());
    }

    private void Take(MetricFamily family, PushRecord record)
    {
        foreach (var set in _sets)
        {
            for (var i = 0; i < family.Metrics.Count; i++)
            {
                if (!set.Rule.Takes(family.Name, family.LabelsAt(i)))
                {
                    continue;
                }

                if (set.Take(family.Name, family.Metrics[i], record.Stamp, record.ReceivedUnixNano / 1_000_000, out var total) is { } reason)
                {
                    Volatile.Write(ref _leftOut[(int)reason], _leftOut[(int)reason] + 1);
                }

                if (total is { IsDirty: false })
                {
                    total.IsDirty = true;
                    _changed.Add(total);
                }
            }
        }
    }

    /// <summary>Whether a set may make a total: no other rule has one there.</summary>
    private bool IsFree(TotalSet asking, string family, Labels labels) =>
        !_sets.Exists(s => !ReferenceEquals(s, asking) && s.Has(family, labels));
}
