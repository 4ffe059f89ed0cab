namespace Tallygate.Testing;

/// <summary>Counts allocated bytes, which are the same on every machine.</summary>
public static class Allocations
{
    /// <summary>
    /// What <paramref name="action"/> allocates on this thread, in bytes, in the best of some rounds: the first ones warm up, and other tests
    /// empty shared pools now and then.
    /// </summary>
    public static long Least(Action action, int rounds = 20)
    {
        ArgumentNullException.ThrowIfNull(action);
        var least = long.MaxValue;
        for (var i = 0; i < rounds; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
