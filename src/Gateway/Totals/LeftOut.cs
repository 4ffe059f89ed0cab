namespace Tallygate.Gateway.Totals;

/// <summary>Why a pushed value is not in the running total that would take it: the label of a counter.</summary>
public enum LeftOut
{
    /// <summary>It is no number.</summary>
    NaN,

    /// <summary>It is infinite.</summary>
    Infinite,

    /// <summary>It is negative, and the total is a sum, which only rises.</summary>
    Negative,

    /// <summary>A histogram with other bucket bounds than those that are in the total.</summary>
    Bounds,

    /// <summary>A part that cannot be added up: quantiles, native buckets, or a histogram where a plain value is wanted.</summary>
    Type,

    /// <summary>Another rule has a total of that name and these labels.</summary>
    Taken,
}
