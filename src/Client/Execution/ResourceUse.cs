using System.Runtime.InteropServices;

namespace Tallygate.Client.Execution;

/// <summary>What the children of this process that have ended used, with their own children where those were waited for (getrusage(2)).</summary>
/// <param name="UserSeconds">Processor time in user mode.</param>
/// <param name="SystemSeconds">Processor time in the kernel.</param>
/// <param name="MaxMemoryBytes">The most memory that any one of them held at a time; 0 where that is not known.</param>
internal readonly partial record struct ResourceUse(double UserSeconds, double SystemSeconds, long MaxMemoryBytes)
{
    private const int Self = 0;
    private const int Children = -1;
    private const int Words = 18;
    private const int MaxRss = 4;
    private const long RssUnit = 1024;

    public static ResourceUse OfChildren() => Read(Children);

    public static ResourceUse OfSelf() => Read(Self);

    private static ResourceUse Read(int who)
    {
        // Two times of seconds and microseconds, then the largest resident set in KiB and what is not asked here.
        var words = new long[Words];
        return GetUsage(who, words) == 0
            ? new ResourceUse(words[0] + (words[1] / 1e6), words[2] + (words[3] / 1e6), words[MaxRss] * RssUnit)
            : default;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, [Out] long[] usage);
}
