namespace Tallygate.Wal;

/// <summary>How a log behaves.</summary>
public sealed record WalOptions
{
    /// <summary>A segment that has reached this length is followed by a new one. A batch is never split, so a segment can be longer.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Whether each batch is synced before <see cref="WalWriter.Append"/> returns. If not, <see cref="WalWriter.Step"/> syncs,
    /// and a crash of the machine may take what was appended since.
    /// </summary>
    public bool SyncEachBatch { get; init; } = true;

    /// <summary>After how many milliseconds without an append the log is sealed.</summary>
    public long SealAfterMs { get; init; } = 1000;

    /// <summary>Says whose log it is; a log with another tag is refused.</summary>
    public uint Tag { get; init; }

    /// <summary>Gives each segment its salt: what no payload can guess. Null draws random ones.</summary>
    public Func<ulong>? Salt { get; init; }
}
