using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Index;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Which series a head has, by id and by labels. Ids ascend from 1 and are never given twice. Finding by id takes no lock; all else is
/// done under one. Thread-safe.
/// </summary>
internal sealed class SeriesTable(Func<Labels, ulong> hash)
{
    private readonly Lock _lock = new();
    private readonly SeriesMap _map = new(hash);
    private MemSeries?[] _byId = new MemSeries?[64];
    private int _lastId;
    private int _count;

    public MemPostings Postings { get; } = new();

    /// <summary>How many series there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The series by their ids, with gaps; it stays as it is when more come.</summary>
    public MemSeries?[] ById => Volatile.Read(ref _byId);

    /// <summary>The series of a reference, or null where there is none.</summary>
    public MemSeries? Find(SeriesRef reference)
    {
        var byId = Volatile.Read(ref _byId);
        return reference.Value < (ulong)byId.Length ? Volatile.Read(ref byId[reference.Value]) : null;
    }

    public MemSeries? Find(int id) => Find(new SeriesRef((ulong)id));

    public MemSeries FindOrCreate(Labels labels)
    {
        lock (_lock)
        {
            return _map.Find(labels) ?? Add(_lastId + 1, labels);
        }
    }

    /// <summary>Makes a series with an id of old; null where the id or the labels are taken.</summary>
    public MemSeries? Restore(int id, Labels labels)
    {
        lock (_lock)
        {
            return Find(id) is not null || _map.Find(labels) is not null ? null : Add(id, labels);
        }
    }

    /// <summary>
    /// Makes series that a commit in the write-ahead log is the first to name. False where an id belongs to another series. Where the
    /// labels belong to another id, that series had been dropped before these came again, so it is dropped here too.
    /// </summary>
    public bool Define(IReadOnlyList<(int Id, Labels Labels)> definitions)
    {
        lock (_lock)
        {
            var gone = new HashSet<int>();
            foreach (var (id, labels) in definitions)
            {
                if (_map.Find(labels) is { } other && other.Id != id)
                {
                    gone.Add(other.Id);
                }
            }

            Remove(gone);
            foreach (var (id, labels) in definitions)
            {
                if (Find(id) is not { } known)
                {
                    Add(id, labels).IsDefined = true;
                }
                else if (!known.Labels.Equals(labels))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes series out.</summary>
    public void Remove(HashSet<int> gone)
    {
        if (gone.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var id in gone)
            {
                var series = _byId[id]!;
                series.IsRemoved = true;
                _map.Remove(series);
                Volatile.Write(ref _byId[id], null);
            }

            Volatile.Write(ref _count, _count - gone.Count);
            Postings.Remove(gone);
        }
    }

    /// <summary>All series, in no order.</summary>
    public List<MemSeries> All()
    {
        var all = new List<MemSeries>(Count);
        foreach (var series in ById)
        {
            if (series is not null)
            {
                all.Add(series);
            }
        }

        return all;
    }

    // Under the lock.
    private MemSeries Add(int id, Labels labels)
    {
        _lastId = Math.Max(_lastId, id);
        var series = new MemSeries(id, Postings.Add(id, labels));
        _map.Add(series);
        if (id >= _byId.Length)
        {
            var larger = new MemSeries?[Math.Max(id + 1, _byId.Length * 2)];
            _byId.CopyTo(larger, 0);
            Volatile.Write(ref _byId, larger);
        }

        Volatile.Write(ref _byId[id], series);
        Volatile.Write(ref _count, _count + 1);
        return series;
    }
}
