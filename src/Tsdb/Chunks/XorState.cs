namespace Tallygate.Tsdb.Chunks;

/// <summary>What an open XOR chunk needs, beside the time and the bits of its last sample, to take another one.</summary>
internal struct XorState
{
    /// <summary>The mark of a chunk in which no window of significant bits is open.</summary>
    public const byte NoWindow = 0xff;

    /// <summary>The time between the last two samples.</summary>
    public ulong Delta;

    /// <summary>The end of what is written, in bits from the start of the chunk.</summary>
    public int Position;

    /// <summary>The number of samples.</summary>
    public ushort Count;

    /// <summary>The leading zeros of the window, or <see cref="NoWindow"/>.</summary>
    public byte Lead;

    /// <summary>The trailing zeros of the window.</summary>
    public byte Trail;

    /// <summary>The bytes that are written.</summary>
    public readonly int Length => (Position + 7) >> 3;
}
