namespace Tallygate.PromQL.Functions;

/// <summary>
/// What the start times of samples say of a counter. A start time is Unix milliseconds; 0 stands for none, and one that is not before its
/// sample is of no meaning.
/// </summary>
internal static class StartTimes
{
    /// <summary>Whether the counter began anew between two samples.</summary>
    public static bool IsReset(long startBefore, long timeBefore, long start, long time)
    {
        if (start == 0 || start >= time || start < timeBefore)
        {
            return false;
        }

        // A start at the sample before is that of a delta, unless the start of that sample is not known either.
        return start > timeBefore || (startBefore != 0 && startBefore < timeBefore);
    }

    /// <summary>Whether a sample says it began before the sample before it and yet not together with it.</summary>
    public static bool Overlaps(long startBefore, long timeBefore, long start) => start != 0 && start < timeBefore && start != startBefore;

    /// <summary>The start time of a sample where the store was asked for such and has any.</summary>
    public static long At(ReadOnlySpan<long> starts, int index) => index < starts.Length ? starts[index] : 0;
}
