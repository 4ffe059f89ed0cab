namespace Tallygate.PromQL;

/// <summary>What one query may ask to be done otherwise than the engine is set to.</summary>
public sealed record QueryOptions
{
    /// <summary>How far an instant selector looks back, or null for the engine's setting.</summary>
    public TimeSpan? LookbackDelta { get; init; }

    /// <summary>How long the query may take, or null for the engine's setting, which is never exceeded.</summary>
    public TimeSpan? Timeout { get; init; }
}
