using Tallygate.Model;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Rows of series by their labels: open addressing over the low bits of a hash, verified by content; a place holds the number of a row and
/// nothing else. Its user locks.
/// </summary>
internal sealed class SeriesMap(SeriesRows rows, Func<Labels, ulong> hash)
{
    private const int Free = 0;
    private const int Removed = -1;
    private int[] _places = new int[64];
    private int _used;
    private int _count;

    public uint HashOf(Labels labels) => unchecked((uint)hash(labels));

    /// <summary>The row of the series with these labels, or 0.</summary>
    public int Find(Labels labels, uint hash)
    {
        var mask = (uint)(_places.Length - 1);
        for (var at = Spread(hash) & mask; _places[at] != Free; at = (at + 1) & mask)
        {
            var row = _places[at];
            if (row != Removed && rows[row].Hash == hash && rows.HasLabels(row, labels))
            {
                return row;
            }
        }

        return 0;
    }

    /// <summary>The row of the series whose labels have these numbers, or 0.</summary>
    public int Find(ReadOnlySpan<int> numbers, uint hash)
    {
        var mask = (uint)(_places.Length - 1);
        for (var at = Spread(hash) & mask; _places[at] != Free; at = (at + 1) & mask)
        {
            var row = _places[at];
            if (row != Removed && rows[row].Hash == hash && rows.PairsOf(row).SequenceEqual(numbers))
            {
                return row;
            }
        }

        return 0;
    }

    /// <summary>Adds a series whose labels are not there yet.</summary>
    public void Add(int row)
    {
        if ((_used + 1) * 4L > _places.Length * 3L)
        {
            Rebuild();
        }

        Put(row);
        _used++;
        _count++;
    }

    public void Remove(int row)
    {
        var mask = (uint)(_places.Length - 1);
        for (var at = Spread(rows[row].Hash) & mask; _places[at] != Free; at = (at + 1) & mask)
        {
            if (_places[at] == row)
            {
                _places[at] = Removed;
                _count--;
                return;
            }
        }
    }

    private void Put(int row)
    {
        var mask = (uint)(_places.Length - 1);
        var at = Spread(rows[row].Hash) & mask;
        while (_places[at] != Free)
        {
            at = (at + 1) & mask;
        }

        _places[at] = row;
    }

    private void Rebuild()
    {
        var old = _places;
        _places = new int[_count * 2 > old.Length ? old.Length * 2 : old.Length];
        _used = _count;
        foreach (var row in old)
        {
            if (row is not Free and not Removed)
            {
                Put(row);
            }
        }
    }

    // Neighbours in the hash must not be neighbours in the table, or long runs form.
    private static uint Spread(uint hash) => unchecked(hash * 0x9E3779B1u) ^ (unchecked(hash * 0x9E3779B1u) >> 15);
}
