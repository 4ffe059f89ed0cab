using Tallygate.Storage;

namespace Tallygate.PromQL;

/// <summary>
/// Answers PromQL queries over a store. It has no state but its settings: thread-safe, and each query runs on its caller's thread.
/// A query never throws for what a user wrote or stored; the result carries the error.
/// </summary>
public sealed class Engine
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Makes an engine.</summary>
    /// <param name="time">Measures timeouts; it has no part in any answer.</param>
    public Engine(EngineOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
    }

    /// <summary>Evaluates <paramref name="query"/> at one instant.</summary>
    /// <param name="storage">The store; one querier is opened and disposed of for each query.</param>
    /// <param name="time">Unix milliseconds.</param>
    public QueryResult Instant(
        IQueryableStorage storage, string query, long time, QueryOptions? options = null, CancellationToken cancellation = default) =>
        Refused();

    /// <summary>Evaluates <paramref name="query"/> at start, start + step, … up to and including end. The answer is always a matrix.</summary>
    /// <param name="storage">The store; one querier is opened and disposed of for each query.</param>
    /// <param name="start">Unix milliseconds.</param>
    /// <param name="end">Unix milliseconds, not before <paramref name="start"/>.</param>
    /// <param name="step">Milliseconds, positive.</param>
    public QueryResult Range(
        IQueryableStorage storage,
        string query,
        long start,
        long end,
        long step,
        QueryOptions? options = null,
        CancellationToken cancellation = default) =>
        Refused();

    private QueryResult Refused() =>
        new(null, new QueryError(QueryErrorKind.Execution, $"no evaluator is built in ({_options.Timeout} {_time.GetType().Name})"), [], []);
}
