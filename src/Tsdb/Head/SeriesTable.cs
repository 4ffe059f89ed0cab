using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Index;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Which series a head has, by id and by labels. Ids ascend from 1 and are never given twice; rows are used again once nobody may hold them.
/// Finding by id takes no lock; all else is done under one. Thread-safe.
/// </summary>
internal sealed class SeriesTable
{
    private readonly Lock _lock = new();
    private readonly SeriesRows _rows = new();
    private readonly SeriesMap _map;
    private readonly Queue<(long Version, int Row, int Id)> _gone = new();
    private int[] _rowOf = new int[64];
    private int _lastId;
    private int _count;

    public SeriesTable() => _map = new SeriesMap(_rows, static labels => labels.Hash());

    public MemPostings Postings => _rows.Postings;

    /// <summary>Where the series lie.</summary>
    public SeriesRows Rows => _rows;

    /// <summary>How many series there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>No series has a larger id than this, or had when it was asked.</summary>
    public int LastId => Volatile.Read(ref _lastId);

    /// <summary>The series of a reference, or null where there is none.</summary>
    public MemSeries? Find(SeriesRef reference)
    {
        var rowOf = Volatile.Read(ref _rowOf);
        return reference.Value < (ulong)rowOf.Length && Volatile.Read(ref rowOf[reference.Value]) is > 0 and var row
            ? new MemSeries(_rows, row, (int)reference.Value)
            : null;
    }

    public MemSeries? Find(int id) => Find(new SeriesRef((ulong)id));

    /// <summary>The series of these labels, or null where there is none.</summary>
    public MemSeries? Find(Labels labels)
    {
        lock (_lock)
        {
            return labels.Count == 0 ? null : Known(labels, _map.HashOf(labels));
        }
    }

    public MemSeries FindOrCreate(Labels labels)
    {
        lock (_lock)
        {
            var hash = _map.HashOf(labels);
            return Known(labels, hash) ?? Add(_lastId + 1, labels, hash);
        }
    }

    /// <summary>Makes a series with an id of old; null where the id or the labels are taken.</summary>
    public MemSeries? Restore(int id, RestoredLabels labels)
    {
        lock (_lock)
        {
            return Find(id) is not null || _map.Find(labels.Numbers, unchecked((uint)labels.Hash)) > 0 ? null : Put(id, _rows.Restore(id, labels));
        }
    }

    /// <summary>
    /// Makes series that a commit in the write-ahead log is the first to name. False where an id belongs to another series. Where the
    /// labels belong to another id, that series had been dropped before these came again, so it is dropped here too.
    /// </summary>
    /// <param name="beforeRemoval">Called before a series is dropped.</param>
    /// <param name="newest">Tells the newest version.</param>
    public bool Define(IReadOnlyList<(int Id, Labels Labels)> definitions, Action beforeRemoval, Func<long> newest)
    {
        lock (_lock)
        {
            var gone = new HashSet<int>();
            foreach (var (id, labels) in definitions)
            {
                if (Known(labels, _map.HashOf(labels)) is { } other && other.Id != id)
                {
                    gone.Add(other.Id);
                }
            }

            if (gone.Count > 0)
            {
                beforeRemoval();
                Remove(gone, newest());
            }

            foreach (var (id, labels) in definitions)
            {
                if (Find(id) is not { } known)
                {
                    Add(id, labels, _map.HashOf(labels)).SetDefined(true);
                }
                else if (!known.Labels.Equals(labels))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes series out. Who holds one can go on reading it until the rows are reclaimed.</summary>
    /// <param name="version">The newest version.</param>
    public void Remove(HashSet<int> gone, long version)
    {
        if (gone.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            foreach (var id in gone)
            {
                var row = _rowOf[id];
                _map.Remove(row);
                _rows.Remove(row);
                Volatile.Write(ref _rowOf[id], 0);
                _gone.Enqueue((version, row, id));
            }

            Volatile.Write(ref _count, _count - gone.Count);
            Postings.Remove(gone);
        }
    }

    /// <summary>Frees the rows of series that were taken out before <paramref name="oldest"/>, the oldest version that anybody holds.</summary>
    public void Reclaim(long oldest)
    {
        if (_gone.Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            while (_gone.TryPeek(out var first) && first.Version < oldest)
            {
                _gone.Dequeue();
                _rows.Free(first.Row, first.Id);
            }
        }
    }

    /// <summary>Whether there are rows to reclaim.</summary>
    public bool HasRemoved => _gone.Count > 0;

    /// <summary>All series in the order of their labels.</summary>
    public List<MemSeries> ByLabels()
    {
        var keys = new List<(int[] Labels, MemSeries Series)>(Count);
        lock (_lock)
        {
            // Numbers of places are compared, not texts.
            var ranks = Postings.Ranks();
            foreach (var series in All())
            {
                keys.Add((Array.ConvertAll(_rows.PairsOf(series.Row).ToArray(), pair => ranks[pair]), series));
            }
        }

        keys.Sort(static (x, y) => x.Labels.AsSpan().SequenceCompareTo(y.Labels));
        return keys.ConvertAll(static k => k.Series);
    }

    /// <summary>All series, in no order.</summary>
    public List<MemSeries> All()
    {
        var all = new List<MemSeries>(Count);
        var last = LastId;
        for (var id = 1; id <= last; id++)
        {
            if (Find(id) is { } series)
            {
                all.Add(series);
            }
        }

        return all;
    }

    // Under the lock.
    private MemSeries? Known(Labels labels, uint hash) =>
        _map.Find(labels, hash) is > 0 and var row ? new MemSeries(_rows, row, _rows[row].Id) : null;

    // Under the lock.
    private MemSeries Add(int id, Labels labels, uint hash) => Put(id, _rows.Add(id, labels, hash));

    // Under the lock.
    private MemSeries Put(int id, int row)
    {
        if (id >= _rowOf.Length)
        {
            var larger = new int[Math.Max(id + 1, _rowOf.Length * 2)];
            _rowOf.CopyTo(larger, 0);
            Volatile.Write(ref _rowOf, larger);
        }

        _map.Add(row);
        Volatile.Write(ref _rowOf[id], row);
        Volatile.Write(ref _lastId, Math.Max(_lastId, id));
        Volatile.Write(ref _count, _count + 1);
        return new MemSeries(_rows, row, id);
    }
}
