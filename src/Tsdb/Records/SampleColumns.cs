namespace Tallygate.Tsdb.Records;

/// <summary>Floats of many commits, in the order in which they came: whose, when, and the bits of the value. One thread uses them.</summary>
internal sealed class SampleColumns
{
    private const int Least = 4096;

    /// <summary>The ids of the series.</summary>
    public int[] Series { get; private set; } = [];

    /// <summary>The times, Unix milliseconds.</summary>
    public long[] Times { get; private set; } = [];

    /// <summary>The values, or what they differ by, as bits.</summary>
    public long[] Bits { get; private set; } = [];

    /// <summary>How many there are.</summary>
    public int Count { get; set; }

    /// <summary>Makes room for more behind those that there are.</summary>
    public void Reserve(int more)
    {
        if (Count + more <= Series.Length)
        {
            return;
        }

        var room = Math.Max(Math.Max(Least, Series.Length * 2), Count + more);
        Series = Larger(Series, room);
        Times = Larger(Times, room);
        Bits = Larger(Bits, room);
    }

    private T[] Larger<T>(T[] old, int room)
    {
        var larger = GC.AllocateUninitializedArray<T>(room);
        old.AsSpan(0, Count).CopyTo(larger);
        return larger;
    }
}
