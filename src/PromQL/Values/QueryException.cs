namespace Tallygate.PromQL.Values;

/// <summary>Ends an evaluation; the engine's door turns it into a <see cref="QueryError"/>.</summary>
internal sealed class QueryException : Exception
{
    public QueryException(QueryErrorKind kind, string message)
        : base(message) => Kind = kind;

    public QueryErrorKind Kind { get; }

    public static QueryException Execution(string message) => new(QueryErrorKind.Execution, message);

    /// <summary>Two elements of a vector would have the same labels at the same time.</summary>
    public static QueryException SameLabels() => Execution("vector cannot contain metrics with the same labelset");
}
