using Tallygate.PromQL.Values;

namespace Tallygate.PromQL;

/// <summary>The outcome of a query: a value or an error, and in both cases what the asker should be told. Immutable.</summary>
public sealed class QueryResult
{
    internal QueryResult(QueryValue? value, QueryError? error, IReadOnlyList<string> warnings, IReadOnlyList<string> infos, QueryStatistics? statistics = null)
    {
        Value = value;
        Error = error;
        Warnings = warnings;
        Infos = infos;
        Statistics = statistics;
    }

    /// <summary>The answer; null exactly where <see cref="Error"/> is set.</summary>
    public QueryValue? Value { get; }

    /// <summary>Why there is no answer.</summary>
    public QueryError? Error { get; }

    /// <summary>Rendered warnings: <c>PromQL warning: … (1:7)</c>, and what the store had to say. Each text once.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Rendered infos: <c>PromQL info: … (1:7)</c>. Each text once.</summary>
    public IReadOnlyList<string> Infos { get; }

    /// <summary>What it cost; null where nothing was evaluated.</summary>
    public QueryStatistics? Statistics { get; }
}
