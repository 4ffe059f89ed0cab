using Tallygate.Model;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Memory;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The flat memory of a head's series: a row of numbers for each, the bytes of the open chunks, the labels as numbers of pairs; and objects
/// only for what few series have. One writer changes it, under the row's lock; readers take that lock for as long as they look.
/// </summary>
internal sealed class SeriesRows
{
    private const int PageShift = FlatRows<SeriesRow>.PageShift;
    private const int PageRows = 1 << PageShift;
    private const int Locks = 64;
    private readonly FlatRows<SeriesRow> _rows = new();
    private readonly IntRuns _labels = new();
    private readonly Lock[] _locks = new Lock[Locks];
    private readonly LabelCache _asked = new();
    private readonly Dictionary<int, Labels> _removed = [];
    private SeriesExtra?[]?[] _extras = new SeriesExtra?[]?[4];

    public SeriesRows()
    {
        for (var i = 0; i < Locks; i++)
        {
            _locks[i] = new Lock();
        }
    }

    public MemPostings Postings { get; } = new();

    /// <summary>The bytes of the open chunks.</summary>
    public BlockArena Bits { get; } = new();

    /// <summary>The bytes of rows, open chunks and labels' numbers; what few series have, chunks that are closed and the index come on top.</summary>
    public long FlatBytes => _rows.Bytes + Bits.Bytes + _labels.Bytes;

    public ref SeriesRow this[int row] => ref _rows[row];

    /// <summary>The lock that guards a row.</summary>
    public Lock LockOf(int row) => _locks[row & (Locks - 1)];

    /// <summary>Makes the row of a new series. For the series table's writer.</summary>
    public int Add(int id, Labels labels, uint hash)
    {
        Span<int> pairs = labels.Count <= 64 ? stackalloc int[labels.Count] : new int[labels.Count];
        Postings.Add(id, labels, pairs);
        return Add(id, pairs, hash);
    }

    /// <summary>Makes the row of a series that a head snapshot has. For the series table's writer.</summary>
    public int Restore(int id, RestoredLabels labels)
    {
        Postings.Add(id, labels.Lists);
        return Add(id, labels.Numbers, unchecked((uint)labels.Hash));
    }

    private int Add(int id, ReadOnlySpan<int> pairs, uint hash)
    {
        var row = _rows.Take();
        lock (LockOf(row))
        {
            ref var fresh = ref _rows[row];
            fresh.Id = id;
            fresh.Hash = hash;
            fresh.Labels = _labels.Keep(pairs);
        }

        return row;
    }

    /// <summary>
    /// Takes a series out, after which only who holds its row can read it. The labels are kept until the row is freed; the index must be told
    /// afterwards. For the series table's writer.
    /// </summary>
    public void Remove(int row)
    {
        lock (LockOf(row))
        {
            ref var gone = ref _rows[row];
            lock (_removed)
            {
                _removed[gone.Id] = Read(gone.Labels);
            }

            gone.IsRemoved = true;
            _labels.Free(gone.Labels);
            _asked.Forget(row);
        }
    }

    /// <summary>Frees the row of a series that was taken out and that nobody holds any more. For the series table's writer.</summary>
    public void Free(int row, int id)
    {
        lock (LockOf(row))
        {
            Bits.Free(ref _rows[row].Open);
            if (ExtraOf(row) is not null)
            {
                _extras[row >> PageShift]![row & (PageRows - 1)] = null;
            }

            _rows.Free(row);
        }

        lock (_removed)
        {
            _removed.Remove(id);
        }
    }

    /// <summary>What only some series have, or null.</summary>
    public SeriesExtra? ExtraOf(int row)
    {
        var extras = Volatile.Read(ref _extras);
        var page = row >> PageShift;
        return page < extras.Length && extras[page] is { } onPage ? onPage[row & (PageRows - 1)] : null;
    }

    /// <summary>What only some series have; made where it is not there.</summary>
    public SeriesExtra NeedExtra(int row)
    {
        var page = row >> PageShift;
        if (page >= _extras.Length)
        {
            var more = new SeriesExtra?[]?[Math.Max(page + 1, _extras.Length * 2)];
            _extras.CopyTo(more, 0);
            Volatile.Write(ref _extras, more);
        }

        return (_extras[page] ??= new SeriesExtra?[PageRows])[row & (PageRows - 1)] ??= new SeriesExtra();
    }

    /// <summary>Drops what is empty.</summary>
    public void TrimExtra(int row)
    {
        if (ExtraOf(row) is { IsEmpty: true })
        {
            _extras[row >> PageShift]![row & (PageRows - 1)] = null;
        }
    }

    /// <summary>The labels of a series, made anew; those of a series that was freed are not known any more.</summary>
    public Labels LabelsOf(int row, int id)
    {
        lock (LockOf(row))
        {
            ref var known = ref _rows[row];
            if (known.Id == id && !known.IsRemoved)
            {
                return Read(known.Labels);
            }
        }

        lock (_removed)
        {
            return _removed.GetValueOrDefault(id, Labels.Empty);
        }
    }

    /// <summary>The labels of a series, remembered for a while for who asks next. For readers that hold a version.</summary>
    public Labels AskedLabelsOf(int row, int id)
    {
        if (_asked.Find(row) is { } known)
        {
            return known;
        }

        lock (LockOf(row))
        {
            ref var series = ref _rows[row];
            if (series.Id == id && !series.IsRemoved)
            {
                var labels = Read(series.Labels);
                _asked.Put(row, labels);
                return labels;
            }
        }

        return LabelsOf(row, id);
    }

    /// <summary>The numbers of a series' labels, which must be there.</summary>
    public ReadOnlySpan<int> PairsOf(int row) => _labels[_rows[row].Labels];

    /// <summary>Whether a series, which must be there, has exactly these labels.</summary>
    public bool HasLabels(int row, Labels labels)
    {
        var pairs = PairsOf(row);
        if (pairs.Length != labels.Count)
        {
            return false;
        }

        for (var i = 0; i < pairs.Length; i++)
        {
            if (Postings.Pair(pairs[i]) != labels[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Forgets the labels that nobody has asked for since the last call.</summary>
    public void ForgetLabels() => _asked.Sweep();

    private Labels Read(int address)
    {
        var pairs = _labels[address];
        var labels = new Label[pairs.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = Postings.Pair(pairs[i]);
        }

        return Labels.FromSorted(labels);
    }
}
