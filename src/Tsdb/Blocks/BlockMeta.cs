namespace Tallygate.Tsdb.Blocks;

/// <summary>What <c>meta.json</c> says of a block. Times are Unix milliseconds; the block covers [MinTime, MaxTime).</summary>
internal sealed record BlockMeta
{
    public const string FileName = "meta.json";

    /// <summary>The hint of a block that was made of late samples.</summary>
    public const string OutOfOrderHint = "from-out-of-order";

    public required string Ulid { get; init; }

    public required long MinTime { get; init; }

    public required long MaxTime { get; init; }

    public BlockStats Stats { get; init; }

    /// <summary>1: made of the head; else one more than that of the highest parent.</summary>
    public int Level { get; init; } = 1;

    public IReadOnlyList<string> Sources { get; init; } = [];

    public IReadOnlyList<BlockParent> Parents { get; init; } = [];

    /// <summary>Whether nothing of the block is left to show.</summary>
    public bool Deletable { get; init; }

    /// <summary>Whether compaction failed on it, so that it is left alone.</summary>
    public bool Failed { get; init; }

    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>Set on Tallygate's own blocks.</summary>
    public BlockSeal? Seal { get; init; }

    public bool Overlaps(long minTime, long maxTime) => MinTime <= maxTime && MaxTime > minTime;
}
