using Tallygate.Tsdb.Memory;

namespace Tallygate.Tsdb.Head;

/// <summary>What a series needs to know of the commit that is being applied. There is one, used under the commit lock.</summary>
internal sealed class CommitScope
{
    /// <summary>The number that the commit will have.</summary>
    public long Version { get; set; }

    /// <summary>The versions that readers had open when the commit began, ascending.</summary>
    public long[] OpenVersions { get; set; } = [];

    /// <summary>The length of the time ranges at whose ends chunks are cut, in milliseconds.</summary>
    public required long ChunkRange { get; init; }

    /// <summary>Samples before this time are late, whatever their series has: blocks hold the times before.</summary>
    public long MinTime { get; set; } = long.MinValue;

    /// <summary>Where the bits of one sample are made.</summary>
    public byte[] Scratch { get; } = new byte[64];

    public Slab Slab { get; } = new();

    /// <summary>Whether a reader is open that sees <paramref name="from"/> but not <paramref name="to"/>.</summary>
    public bool IsSeen(long from, long to)
    {
        if (OpenVersions.Length == 0 || OpenVersions[^1] < from)
        {
            return false;
        }

        var at = Array.BinarySearch(OpenVersions, from);
        at = at < 0 ? ~at : at;
        return at < OpenVersions.Length && OpenVersions[at] < to;
    }
}
