namespace Tallygate.PromQL;

/// <summary>Why a query has no answer.</summary>
public enum QueryErrorKind
{
    /// <summary>The text is no valid expression, or is not of a type that this kind of query can give. The API's <c>bad_data</c>.</summary>
    BadQuery,

    /// <summary>The evaluation cannot go on: label sets collide, a match is ambiguous, a limit is hit. The API's <c>execution</c>.</summary>
    Execution,

    /// <summary>It took longer than allowed. The API's <c>timeout</c>.</summary>
    Timeout,

    /// <summary>The caller gave up. The API's <c>canceled</c>.</summary>
    Canceled,

    /// <summary>It is more work than <see cref="QueryOptions.MostWork"/> allows. Who did not ask for that never sees it.</summary>
    TooMuchWork,

    /// <summary>The store failed. The API's <c>internal</c>.</summary>
    Storage,
}
