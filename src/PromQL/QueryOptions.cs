namespace Tallygate.PromQL;

/// <summary>What one query may ask to be done otherwise than the engine is set to.</summary>
public sealed record QueryOptions
{
    /// <summary>How far an instant selector looks back, or null for the engine's setting.</summary>
    public TimeSpan? LookbackDelta { get; init; }

    /// <summary>How long the query may take, or null for the engine's setting, which is never exceeded.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long the query has waited for its turn, for the query log.</summary>
    public TimeSpan Queued { get; init; }

    /// <summary>Where the query comes from, for the query log.</summary>
    public QueryOrigin? Origin { get; init; }

    /// <summary>
    /// How much work the query may be: about as many series, samples and steps together; 0: any. For who tries a query where it must not take
    /// long.
    /// </summary>
    public int MostWork { get; init; }
}
