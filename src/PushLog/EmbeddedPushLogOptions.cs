namespace Tallygate.PushLog;

/// <summary>How an <see cref="Embedded.EmbeddedPushLog"/> behaves.</summary>
public sealed record EmbeddedPushLogOptions
{
    /// <summary>A segment file that has reached this length is followed by a new one.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>After how many milliseconds without an append the log is sealed.</summary>
    public long SealAfterMs { get; init; } = 1000;

    /// <summary>Gives each segment its salt; null draws random ones.</summary>
    public Func<ulong>? Salt { get; init; }
}
