using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb.Compaction;

/// <summary>The blocks at one time, by their first time, and the time before which they hold the in-order samples of the head.</summary>
internal sealed class BlockState(Block[] blocks, long headMinTime)
{
    public Block[] Blocks => blocks;

    public long HeadMinTime => headMinTime;

    /// <summary>How many hold it; the lock of <see cref="BlockStates"/> guards it.</summary>
    public int Readers { get; set; }
}
