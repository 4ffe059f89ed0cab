namespace Tallygate.Wal;

/// <summary>What recovery found in a directory; nothing on disk was changed yet.</summary>
internal sealed class WalContents
{
    /// <summary>The segments in order.</summary>
    public List<WalSegment> Segments { get; } = [];

    /// <summary>Files that belong to no chain: beginnings of segments that were never finished, and segments that were given up.</summary>
    public List<string> Strays { get; } = [];

    /// <summary>Segments that were given up behind their durable part, which is still there.</summary>
    public List<WalSegment> Overlong { get; } = [];

    /// <summary>The index for the next new segment.</summary>
    public long NextIndex { get; set; } = 1;

    /// <summary>The last whole record.</summary>
    public long LastSequence { get; set; }

    /// <summary>From where on the newest segment is covered by no mark: a seal, at least, or the header.</summary>
    public long UncoveredOffset { get; set; }

    /// <summary>Whether the newest segment ends with a batch.</summary>
    public bool NeedsSeal { get; set; }

    /// <summary>What is to be cut off the newest segment.</summary>
    public TornTail? Tail { get; set; }
}
