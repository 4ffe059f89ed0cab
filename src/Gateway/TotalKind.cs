namespace Tallygate.Gateway;

/// <summary>What a running total does with the values that are pushed. The numbers are on disk.</summary>
public enum TotalKind : byte
{
    /// <summary>Adds them up, exactly.</summary>
    Sum = 1,

    /// <summary>Counts them.</summary>
    Count = 2,

    /// <summary>Keeps the newest.</summary>
    Last = 3,

    /// <summary>Keeps the largest.</summary>
    Max = 4,

    /// <summary>Keeps the smallest.</summary>
    Min = 5,
}
