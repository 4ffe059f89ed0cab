namespace Tallygate.Lab;

/// <summary>All that happens in one simulated stretch of time, of two hours at most.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="LengthMs">How long it is.</param>
/// <param name="Events">What happens, in order.</param>
internal sealed record History(int Seed, long LengthMs, IReadOnlyList<LabEvent> Events)
{
    /// <summary>How the recipe's rules are set up.</summary>
    public RecipeForm Recipe { get; init; }

    /// <summary>How many pushes clients make, each retry counted.</summary>
    public int Pushes => Events.Sum(e => e.Push?.Times ?? 0);
}
