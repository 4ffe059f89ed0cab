using Tallygate.PromQL;

namespace Tallygate.Server.PrometheusApi;

/// <summary>
/// Queries that are done sooner than a thread is woken for them: each is tried where its request came in, with little work allowed. Those that
/// turned out to be more are known for a while, by a hash of their text. Thread-safe.
/// </summary>
internal sealed class LightQueries
{
    // About forty series of one sample, which take less than a tenth of a millisecond.
    private const int MostWork = 256;
    private const int MostLength = 1024;
    private const int Known = 1024;

    private readonly int[] _heavy = new int[Known];

    /// <summary>How many queries were answered where they came in.</summary>
    public long Answered => Volatile.Read(ref _answered);

    private long _answered;

    /// <summary>The result of a query that is light; null where it is not, or most probably is not.</summary>
    public QueryResult? TryRun(string query, QueryOptions options, Func<QueryOptions, QueryResult> run)
    {
        // Zero stands for none.
        var hash = query.GetHashCode(StringComparison.Ordinal) | 1;
        ref var known = ref _heavy[(hash >>> 1) & (Known - 1)];
        if (query.Length > MostLength || Volatile.Read(ref known) == hash)
        {
            return null;
        }

        var result = run(options with { MostWork = MostWork });
        if (result.Error is not { Kind: QueryErrorKind.TooMuchWork })
        {
            Interlocked.Increment(ref _answered);
            return result;
        }

        Volatile.Write(ref known, hash);
        return null;
    }
}
