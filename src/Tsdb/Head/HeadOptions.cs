namespace Tallygate.Tsdb.Head;

/// <summary>What a head takes and keeps. Times are milliseconds.</summary>
/// <param name="LateWindow">How far behind the newest sample of all a late sample may lie; null: late ones are refused.</param>
/// <param name="MaxAhead">How far in the future a sample may lie; null: any.</param>
/// <param name="Retention">How old a sample may be, where late ones are refused; null: any.</param>
/// <param name="ChunkRange">At the ends of which time ranges chunks are cut.</param>
internal sealed record HeadOptions(long? LateWindow, long? MaxAhead, long? Retention, long ChunkRange)
{
    /// <summary>Whether series take samples older than their newest.</summary>
    public bool AllowLate => LateWindow is not null;
}
