namespace Tallygate.Tsdb.Compaction;

/// <summary>Ranges of equal length, aligned to the epoch.</summary>
internal static class TimeRanges
{
    /// <summary>Where the range begins that holds a time.</summary>
    public static long StartOf(long time, long length)
    {
        var into = time % length;
        return into < 0 ? time - into - length : time - into;
    }
}
