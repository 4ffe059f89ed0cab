namespace Tallygate.PromQL;

/// <summary>Why a query has no answer, in the words of Prometheus.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">The text, without a prefix for the kind.</param>
public sealed record QueryError(QueryErrorKind Kind, string Message);
