using System.Runtime.InteropServices;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Memory;

namespace Tallygate.Tsdb.Head;

/// <summary>All that every series of a head has, as numbers only. The lock of the row guards it; see <see cref="MemSeries"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct SeriesRow
{
    public VisibleCounts Counts;

    /// <summary>The newest in-order sample.</summary>
    public long LastTime;

    /// <summary>The bits of the newest in-order float.</summary>
    public long LastBits;

    /// <summary>How the open chunk of floats is written on; zero where none is open.</summary>
    public XorState Xor;

    /// <summary>Where the bytes of the open chunk lie; nowhere while it has one sample, which is the newest one.</summary>
    public BlockChain Open;

    /// <summary>The time of the first sample of the open chunk.</summary>
    public long OpenMinTime;

    /// <summary>No sample at or after this time goes into the open chunk.</summary>
    public long CutAt;

    /// <summary>How many samples there are before the open chunk.</summary>
    public uint OpenFirst;

    /// <summary>Whose row it is; 0: nobody's.</summary>
    public int Id;

    /// <summary>The low bits of the labels' hash.</summary>
    public uint Hash;

    /// <summary>Where the numbers of the labels lie.</summary>
    public int Labels;

    /// <summary>The last byte of the open chunk, which may have room for more bits.</summary>
    public byte LastByte;

    /// <summary>Whether the write-ahead log, or the snapshot before it, says which labels belong to the id.</summary>
    public bool IsDefined;

    /// <summary>Whether the series was dropped; the row is not used again before nobody may hold it.</summary>
    public bool IsRemoved;

    /// <summary>Whether a chunk of floats is open.</summary>
    public readonly bool HasFloats => Xor.Count > 0;
}
