using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Several series sets as one in which each series comes once. Not thread-safe.</summary>
/// <remarks>
/// Sorted sets are merged as they come, and the answer is sorted. Unsorted sets are drained one after the other; the answer has the first
/// set's series in their order, then what the second adds, and so on.
/// </remarks>
public sealed class MergeSeriesSet : ISeriesSet
{
    private readonly IReadOnlyList<ISeriesSet> _sets;
    private readonly SeriesMerge _merge;
    private readonly ISeries?[] _heads;
    private readonly Queue<ISeries>? _drained;
    private readonly List<string> _warnings = [];
    private readonly Action<int>? _progress;
    private ISeries? _current;
    private Labels? _firstShadowed;
    private int _shadowed;
    private bool _started;
    private bool _ended;

    /// <param name="sets">The sets, in order of precedence.</param>
    /// <param name="sorted">Whether all of them are sorted by labels, and the answer must be.</param>
    /// <param name="merge">What is shown of a series that stands in several of them.</param>
    /// <param name="progress">Told of series gone through; what it throws comes out.</param>
    public MergeSeriesSet(IReadOnlyList<ISeriesSet> sets, bool sorted, SeriesMerge merge, Action<int>? progress = null)
    {
        _progress = progress;
        _sets = sets;
        _merge = merge;
        _heads = new ISeries?[sets.Count];
        _drained = sorted ? null : new Queue<ISeries>();
    }

    /// <inheritdoc/>
    public ISeries Current => _current ?? throw new InvalidOperationException("no series is at hand");

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!_started)
        {
            _started = true;
            Start();
        }

        _current = _drained is null ? NextSorted() : _drained.TryDequeue(out var series) ? series : null;
        if (_current is null && !_ended)
        {
            _ended = true;
            CollectWarnings();
        }

        return _current is not null;
    }

    private void Start()
    {
        if (_drained is null)
        {
            for (var i = 0; i < _sets.Count; i++)
            {
                _heads[i] = _sets[i].MoveNext() ? _sets[i].Current : null;
            }
        }
        else
        {
            Drain(_drained);
        }
    }

    private ISeries? NextSorted()
    {
        // There are two or three sets: looking at each head is cheaper than a heap.
        Labels? least = null;
        foreach (var head in _heads)
        {
            if (head is not null && (least is null || head.Labels.CompareTo(least) < 0))
            {
                least = head.Labels;
            }
        }

        if (least is null)
        {
            return null;
        }

        ISeries? series = null;
        for (var i = 0; i < _heads.Length; i++)
        {
            if (_heads[i] is { } head && head.Labels.Equals(least))
            {
                series = series is null ? head : Join(series, head);
                _heads[i] = _sets[i].MoveNext() ? _sets[i].Current : null;
            }
        }

        return series;
    }

    private void Drain(Queue<ISeries> into)
    {
        var order = new List<ISeries>();
        Dictionary<Labels, int>? places = null;
        for (var i = 0; i < _sets.Count; i++)
        {
            // The places of the series before are only needed once a later set has a series at all.
            while (_sets[i].MoveNext())
            {
                _progress?.Invoke(1);
                var series = _sets[i].Current;
                if (i > 0 && places is null && order.Count > 0)
                {
                    places = new Dictionary<Labels, int>(order.Count);
                    for (var j = 0; j < order.Count; j++)
                    {
                        places.Add(order[j].Labels, j);
                    }
                }

                if (places is null)
                {
                    order.Add(series);
                }
                else if (places.TryAdd(series.Labels, order.Count))
                {
                    order.Add(series);
                }
                else
                {
                    var place = places[series.Labels];
                    order[place] = Join(order[place], series);
                }
            }
        }

        foreach (var series in order)
        {
            into.Enqueue(series);
        }
    }

    private ISeries Join(ISeries first, ISeries second)
    {
        if (_merge == SeriesMerge.Union)
        {
            return new UnionSeries(first, second);
        }

        _firstShadowed ??= first.Labels;
        _shadowed++;
        return first;
    }

    private void CollectWarnings()
    {
        foreach (var set in _sets)
        {
            _warnings.AddRange(set.Warnings);
        }

        if (_shadowed > 0)
        {
            var more = _shadowed == 1 ? "" : $" and {_shadowed - 1} more";
            _warnings.Add($"series {_firstShadowed}{more} came in twice: the pushed samples are shown, those from elsewhere are left out");
        }
    }
}
