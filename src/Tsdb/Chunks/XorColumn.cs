namespace Tallygate.Tsdb.Chunks;

/// <summary>One of several floats that a sample consists of, each written against its own value before.</summary>
internal struct XorColumn(long bits)
{
    /// <summary>The value before, by its bits.</summary>
    public long Bits = bits;

    /// <summary>The leading zeros of the window, or <see cref="XorState.NoWindow"/>.</summary>
    public byte Lead = XorState.NoWindow;

    /// <summary>The trailing zeros of the window.</summary>
    public byte Trail;
}
