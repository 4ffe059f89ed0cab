using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Totals;

/// <summary>
/// The fold of the declared totals: ever-growing sums and the like of all that is booked, for a Prometheus that scrapes. Which rules hold
/// stands in the log too, as Configure entries; a rule starts at 0 with the entry that brings it. Deletions and wipes leave totals as they are.
/// </summary>
/// <remarks>What is published and the counters may be read by any thread, the first through a <c>TotalsView</c>; all else belongs to the writer.</remarks>
public sealed class RunningTotals : IFold
{
    private readonly OpenRuns _runs;
    private readonly List<Total> _changed = [];
    private readonly List<Total> _published = [];
    private readonly long[] _leftOut = new long[Enum.GetValues<LeftOut>().Length];
    private List<TotalSet> _sets = [];
    private long _shape;
    private bool _reconfigured;
    private byte[] _configured = TotalRules.Write([]);

    /// <param name="runs">The fold of runs, which takes each entry before this one.</param>
    internal RunningTotals(OpenRuns runs) => _runs = runs;

    /// <inheritdoc/>
    public string Name => "running totals";

    /// <summary>Held while totals are published, and while what is published is copied.</summary>
    internal Lock Publishing { get; } = new();

    /// <summary>Rises whenever totals come or go.</summary>
    internal long Shape => Volatile.Read(ref _shape);

    /// <summary>Rises whenever totals change; to be read under <see cref="Publishing"/>.</summary>
    internal long Version { get; private set; }

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

        lock (Publishing)
        {
            Version++;
            foreach (var total in _changed)
            {
                if (total.PublishedIn == 0)
                {
                    _published.Add(total);
                    Volatile.Write(ref _shape, _shape + 1);
                }

                total.Publish();
                total.PublishedIn = Version;
                total.IsDirty = false;
            }

            if (_reconfigured)
            {
                _published.Clear();
                _published.AddRange(_sets.SelectMany(static s => s.All));
                Volatile.Write(ref _shape, _shape + 1);
            }
        }

        _changed.Clear();
        _reconfigured = false;
    }

    /// <summary>The totals as last published, and the shape that they have.</summary>
    internal (Total[] Totals, long Shape) Published()
    {
        lock (Publishing)
        {
            return ([.. _published], _shape);
        }
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
