namespace Tallygate.Tsdb.Chunks;

/// <summary>Where the reading of an XOR chunk stands, from its second sample on.</summary>
internal struct XorRegisters
{
    /// <summary>The next bit.</summary>
    public int Position;

    /// <summary>The leading zeros of the window of significant bits.</summary>
    public int Lead;

    /// <summary>The trailing zeros of the window.</summary>
    public int Trail;

    /// <summary>The time of the last sample.</summary>
    public long Time;

    /// <summary>The bits of the last value.</summary>
    public long Bits;

    /// <summary>The time between the last two samples.</summary>
    public ulong Delta;
}
