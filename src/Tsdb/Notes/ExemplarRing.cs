using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Notes;

/// <summary>
/// The newest exemplars of all series: a ring in which the one that came first makes room for the one that comes. Those of one series are a
/// list in the order of their times. Thread-safe; its memory grows with what it holds.
/// </summary>
/// <remarks>
/// The rules are Prometheus's: what equals the newest of its series was seen again; what is older than the newest by the window is out of
/// order; of equal times the greater value, then the greater labels, come later, so that those of a native histogram can stand side by side.
/// </remarks>
internal sealed class ExemplarRing
{
    private const int None = -1;
    private const int FirstLength = 64;
    private readonly Lock _lock = new();
    private readonly long _window;
    private readonly Dictionary<Labels, Owner> _owners = [];
    private Entry[] _entries = [];
    private int _capacity;
    private int _next;
    private int _count;
    private long _appended;
    private long _outOfOrder;

    /// <param name="capacity">The most exemplars; 0: none are kept.</param>
    /// <param name="window">By how many milliseconds an exemplar may be older than the newest of its series.</param>
    public ExemplarRing(int capacity, long window)
    {
        _capacity = Math.Max(0, capacity);
        _window = Math.Max(0, window);
    }

    /// <summary>Whether it keeps none at present.</summary>
    public bool IsOff => Volatile.Read(ref _capacity) == 0;

    public ExemplarStatistics Statistics
    {
        get
        {
            lock (_lock)
            {
                var oldest = InOrder().FirstOrDefault(None);
                return new ExemplarStatistics(
                    _count, _owners.Count, _capacity, oldest == None ? 0 : _entries[oldest].Exemplar.Time, _appended, _outOfOrder);
            }
        }
    }

    /// <summary>What would become of an exemplar now.</summary>
    public ExemplarStatus Judge(Labels series, in StoredExemplar exemplar)
    {
        lock (_lock)
        {
            return _capacity == 0 ? ExemplarStatus.NotKept
                : !exemplar.HasGoodLabels() ? ExemplarStatus.InvalidLabels
                : JudgeOrder(_owners.GetValueOrDefault(series), exemplar);
        }
    }

    /// <summary>Adds an exemplar, if it passes.</summary>
    public ExemplarStatus Add(Labels series, in StoredExemplar exemplar)
    {
        lock (_lock)
        {
            var status = Judge(series, exemplar);
            if (status == ExemplarStatus.OutOfOrder)
            {
                _outOfOrder++;
            }

            if (status == ExemplarStatus.Appended)
            {
                _appended++;
                Put(series, exemplar);
            }

            return status;
        }
    }

    /// <summary>Takes over an exemplar that had passed.</summary>
    public void Restore(Labels series, in StoredExemplar exemplar)
    {
        lock (_lock)
        {
            if (_capacity > 0)
            {
                Put(series, exemplar);
            }
        }
    }

    /// <summary>Keeps more or fewer from now on; of those that are there the newest stay.</summary>
    public void Resize(int capacity)
    {
        lock (_lock)
        {
            capacity = Math.Max(0, capacity);
            if (capacity == _capacity)
            {
                return;
            }

            var all = All();
            _owners.Clear();
            _entries = [];
            (_next, _count) = (0, 0);
            Volatile.Write(ref _capacity, capacity);
            foreach (var (series, exemplar) in all.Skip(all.Count - Math.Min(all.Count, capacity)))
            {
                Put(series, exemplar);
            }
        }
    }

    /// <summary>All exemplars in the order of their coming.</summary>
    public List<(Labels Series, StoredExemplar Exemplar)> All()
    {
        lock (_lock)
        {
            return [.. InOrder().Select(at => (_entries[at].Owner!.Series, _entries[at].Exemplar))];
        }
    }

    /// <summary>
    /// The exemplars of a range of times, both ends in it, of series that fulfil one of the sets of matchers; in the order of the labels.
    /// </summary>
    public List<ExemplarSeries> Select(long minTime, long maxTime, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors)
    {
        var found = new List<ExemplarSeries>();
        lock (_lock)
        {
            foreach (var owner in _owners.Values)
            {
                if (_entries[owner.Oldest].Exemplar.Time > maxTime || _entries[owner.Newest].Exemplar.Time < minTime
                    || !selectors.Any(s => s.All(m => m.Matches(owner.Series))))
                {
                    continue;
                }

                var exemplars = new List<StoredExemplar>();
                for (var at = owner.Oldest; at != None && _entries[at].Exemplar.Time <= maxTime; at = _entries[at].Next)
                {
                    if (_entries[at].Exemplar.Time >= minTime)
                    {
                        exemplars.Add(_entries[at].Exemplar);
                    }
                }

                if (exemplars.Count > 0)
                {
                    found.Add(new ExemplarSeries(owner.Series, exemplars));
                }
            }
        }

        found.Sort(static (x, y) => x.Series.CompareTo(y.Series));
        return found;
    }

    private ExemplarStatus JudgeOrder(Owner? owner, in StoredExemplar exemplar)
    {
        if (owner is null)
        {
            return ExemplarStatus.Appended;
        }

        ref readonly var newest = ref _entries[owner.Newest].Exemplar;
        if (newest.IsSame(exemplar))
        {
            return ExemplarStatus.Duplicate;
        }

        if (exemplar.Time == newest.Time)
        {
            return exemplar.Value < newest.Value || (exemplar.Value == newest.Value && exemplar.Labels.CompareTo(newest.Labels) < 0)
                ? ExemplarStatus.OutOfOrder
                : ExemplarStatus.Appended;
        }

        if (exemplar.Time > newest.Time)
        {
            return ExemplarStatus.Appended;
        }

        // Late ones of a time that the series has already count as seen: those of native histograms come over and over.
        return exemplar.Time <= newest.Time - _window ? ExemplarStatus.OutOfOrder
            : After(owner, exemplar.Time) is not None and var at && _entries[at].Exemplar.Time == exemplar.Time ? ExemplarStatus.Duplicate
            : ExemplarStatus.Appended;
    }

    private void Put(Labels series, in StoredExemplar exemplar)
    {
        var at = MakeRoom();
        if (!_owners.TryGetValue(series, out var owner))
        {
            owner = new Owner(series);
            _owners.Add(series, owner);
        }

        var after = After(owner, exemplar.Time);
        var before = after == None ? owner.Oldest : _entries[after].Next;
        _entries[at] = new Entry { Exemplar = exemplar, Owner = owner, Previous = after, Next = before };
        if (after == None)
        {
            owner.Oldest = at;
        }
        else
        {
            _entries[after].Next = at;
        }

        if (before == None)
        {
            owner.Newest = at;
        }
        else
        {
            _entries[before].Previous = at;
        }

        _count++;
    }

    /// <summary>The newest one of a series that is not after a time.</summary>
    private int After(Owner owner, long time)
    {
        var at = owner.Newest;
        while (at != None && _entries[at].Exemplar.Time > time)
        {
            at = _entries[at].Previous;
        }

        return at;
    }

    private int MakeRoom()
    {
        if (_next == _entries.Length)
        {
            if (_next < _capacity)
            {
                Array.Resize(ref _entries, (int)Math.Min(_capacity, Math.Max(FirstLength, _next * 2L)));
            }
            else
            {
                _next = 0;
            }
        }

        Remove(_next);
        return _next++;
    }

    private void Remove(int at)
    {
        ref var entry = ref _entries[at];
        if (entry.Owner is not { } owner)
        {
            return;
        }

        if (entry.Previous == None)
        {
            owner.Oldest = entry.Next;
        }
        else
        {
            _entries[entry.Previous].Next = entry.Next;
        }

        if (entry.Next == None)
        {
            owner.Newest = entry.Previous;
        }
        else
        {
            _entries[entry.Next].Previous = entry.Previous;
        }

        entry = default;
        _count--;
        if (owner.Oldest == None)
        {
            _owners.Remove(owner.Series);
        }
    }

    private IEnumerable<int> InOrder()
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            var at = (_next + i) % _entries.Length;
            if (_entries[at].Owner is not null)
            {
                yield return at;
            }
        }
    }

    /// <summary>A series that has exemplars.</summary>
    private sealed class Owner(Labels series)
    {
        public Labels Series => series;

        public int Oldest { get; set; } = None;

        public int Newest { get; set; } = None;
    }

    private struct Entry
    {
        public StoredExemplar Exemplar;
        public Owner? Owner;
        public int Previous;
        public int Next;
    }
}
