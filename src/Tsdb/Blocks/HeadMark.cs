namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// What the head had put into blocks when a block was made: every sample before <paramref name="MaxTime"/> that came from the source up to
/// <paramref name="Source"/> or stands in the write-ahead log up to <paramref name="Log"/>. A replay leaves these out.
/// </summary>
internal readonly record struct HeadMark(long MaxTime, long Source, long Log)
{
    /// <summary>Whether a sample stands in a block.</summary>
    public bool Covers(long time, long source, long log) => time < MaxTime && source <= Source && log <= Log;

    /// <summary>The mark that tells more.</summary>
    public static HeadMark? Later(HeadMark? x, HeadMark? y) =>
        x is null ? y : y is null || x.Value.MaxTime >= y.Value.MaxTime ? x : y;
}
