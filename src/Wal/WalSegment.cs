namespace Tallygate.Wal;

/// <summary>What is known of a segment file. <see cref="End"/> and <see cref="LastSequence"/> grow while it is the newest.</summary>
internal sealed class WalSegment(string path, SegmentHeader header)
{
    public string Path { get; } = path;

    public SegmentHeader Header { get; } = header;

    public OffsetIndex Index { get; } = new();

    /// <summary>Where the durable batches end.</summary>
    public long End { get; set; } = SegmentHeader.Length;

    /// <summary>The last durable record; one less than the base where there is none.</summary>
    public long LastSequence { get; set; } = header.BaseSequence - 1;
}
