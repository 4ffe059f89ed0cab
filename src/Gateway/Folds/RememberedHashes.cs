using System.Diagnostics.CodeAnalysis;

namespace Tallygate.Gateway.Folds;

/// <summary>Hashes with a number each, for a time and up to a count: the oldest go first. Belongs to one thread; the counts may be read by any.</summary>
internal sealed class RememberedHashes
{
    private readonly Dictionary<UInt128, Remembered> _hashes = [];
    private readonly Queue<(UInt128 Hash, long Time)> _order = new();
    private int _count;
    private long _evicted;

    /// <summary>How many are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were forgotten before their time, because there were too many.</summary>
    public long Evicted => Volatile.Read(ref _evicted);

    /// <summary>Finds the number of a hash.</summary>
    public bool TryGet(UInt128 hash, [NotNullWhen(true)] out ulong number)
    {
        var found = _hashes.TryGetValue(hash, out var remembered);
        number = remembered.Number;
        return found;
    }

    /// <summary>Remembers a hash, and forgets those whose time is over or that are too many.</summary>
    /// <param name="time">The time of the entry that brought it; also what the others' age is measured by, so that a replay comes to the same.</param>
    /// <param name="window">How long hashes are remembered, in the unit of <paramref name="time"/>.</param>
    /// <param name="most">How many at most.</param>
    public void Add(UInt128 hash, ulong number, long time, long window, int most)
    {
        _hashes[hash] = new Remembered(number, time);
        _order.Enqueue((hash, time));
        while (_order.TryPeek(out var oldest) && (oldest.Time < time - window || _order.Count > most))
        {
            _order.Dequeue();

            // It may have come again since, after it had been forgotten under a tighter bound.
            if (_hashes.TryGetValue(oldest.Hash, out var remembered) && remembered.Time == oldest.Time)
            {
                _hashes.Remove(oldest.Hash);
                if (oldest.Time >= time - window)
                {
                    Volatile.Write(ref _evicted, _evicted + 1);
                }
            }
        }

        Volatile.Write(ref _count, _hashes.Count);
    }

    private readonly record struct Remembered(ulong Number, long Time);
}
