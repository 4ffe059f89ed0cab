namespace Tallygate.Server.Composition;

/// <summary>
/// Gives memory back when a burst is over: where next to nothing is being allocated, but much was since the last time, a full collection
/// hurts nobody, and without one what the burst left would stay until the next. While there is traffic the collector is left alone.
/// </summary>
/// <param name="allocated">The bytes that were ever allocated.</param>
/// <param name="trim">Collects all, and gives the memory back.</param>
internal sealed class QuietTrim(Func<long> allocated, Action trim)
{
    private const long LookEveryMs = 1500;
    private const long QuietBytes = 2 << 20;
    private const long WorthBytes = 32 << 20;
    private long _due = long.MinValue;
    private long _seen;
    private long _trimmed;

    /// <summary>The one of this process.</summary>
    public static QuietTrim OfProcess() =>
        new(static () => GC.GetTotalAllocatedBytes(), static () => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true));

    /// <summary>Looks whether it is quiet now; says when to look again, Unix milliseconds.</summary>
    public long Step(long now)
    {
        if (now < _due && _due - now <= LookEveryMs)
        {
            return _due;
        }

        var bytes = allocated();
        var isQuiet = bytes - _seen <= QuietBytes;
        if (isQuiet && bytes - _trimmed >= WorthBytes)
        {
            trim();
            bytes = allocated();
            _trimmed = bytes;
        }

        _seen = bytes;
        return _due = now + LookEveryMs;
    }
}
