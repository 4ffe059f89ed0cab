namespace Tallygate.Model.Histograms;

/// <summary>What a user should hear of when two histograms were combined.</summary>
[Flags]
public enum HistogramNotes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>One was said to be a counter reset, the other said not to be one.</summary>
    CounterResetCollision = 1,

    /// <summary>Their custom bounds differed: only those that both have are left.</summary>
    BoundsReconciled = 2,
}
