namespace Tallygate.Conformance.Differential;

/// <summary>A known way in which the two answer differently.</summary>
/// <param name="Kind">The rows that tell of it, and what it is.</param>
/// <param name="Fits">Whether two answers show it.</param>
public sealed record Difference(string Kind, Func<Case, bool> Fits)
{
    /// <summary>Whether one of the two goes further with the request than the other, so that a scrape differs behind it.</summary>
    public bool Leaves { get; init; }
}
