namespace Tallygate.Tsdb.Memory;

/// <summary>Where a chain of blocks begins and where it ends, in a <see cref="BlockArena"/>. All zero: an empty one.</summary>
internal struct BlockChain
{
    public int First;

    public int Last;

    /// <summary>Whether there is nothing.</summary>
    public readonly bool IsEmpty => First == 0;
}
