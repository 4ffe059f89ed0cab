namespace Tallygate.Tsdb.Head;

/// <summary>
/// The times at which the counters of some samples of one series began, in ascending time of the samples. Most series have no such list. The
/// series' lock guards it; an array that a reader was given is not changed any more in what the reader sees.
/// </summary>
internal sealed class StartList
{
    private (long Time, long Start)[] _entries = new (long, long)[4];
    private int _from;
    private int _to;

    /// <summary>The entries as they are now.</summary>
    public ReadOnlyMemory<(long Time, long Start)> Share() => _entries.AsMemory(_from, _to - _from);

    /// <summary>Where the first entry at or after <paramref name="time"/> stands.</summary>
    public static int Find(ReadOnlySpan<(long Time, long Start)> entries, long time)
    {
        var (from, to) = (0, entries.Length);
        while (from < to)
        {
            var middle = (from + to) >> 1;
            (from, to) = entries[middle].Time < time ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <summary>The start of the sample at a time; 0 where there is none.</summary>
    public static long Of(ReadOnlySpan<(long Time, long Start)> entries, long time)
    {
        var at = Find(entries, time);
        return at < entries.Length && entries[at].Time == time ? entries[at].Start : 0;
    }

    /// <summary>The starts of samples at ascending times.</summary>
    public static void Fill(ReadOnlySpan<(long Time, long Start)> entries, ReadOnlySpan<long> times, Span<long> starts)
    {
        starts[..times.Length].Clear();
        if (entries.IsEmpty || times.IsEmpty)
        {
            return;
        }

        var at = Find(entries, times[0]);
        for (var i = 0; i < times.Length && at < entries.Length; i++)
        {
            while (at < entries.Length && entries[at].Time < times[i])
            {
                at++;
            }

            if (at < entries.Length && entries[at].Time == times[i])
            {
                starts[i] = entries[at].Start;
            }
        }
    }

    /// <summary>Adds an entry, and forgets those before <paramref name="oldest"/>.</summary>
    public void Add(long time, long start, long oldest)
    {
        while (_from < _to && _entries[_from].Time < oldest)
        {
            _from++;
        }

        var entries = _entries.AsSpan(_from, _to - _from);
        var at = Find(entries, time);
        if (at < entries.Length || _to == _entries.Length)
        {
            // Readers may hold the array.
            var copy = new (long, long)[Math.Max(4, entries.Length * 2)];
            entries[..at].CopyTo(copy);
            entries[at..].CopyTo(copy.AsSpan(at + 1));
            (_entries, _from, _to) = (copy, 0, entries.Length);
        }

        _entries[_from + at] = (time, start);
        _to++;
    }
}
