namespace Tallygate.Storage;

/// <summary>What is shown of a series that stands in several stores.</summary>
public enum SeriesMerge
{
    /// <summary>The samples of the first store that has the series in the range asked for, with a warning. (Semantics 10.)</summary>
    FirstWins,

    /// <summary>The samples of all stores as one series; where two have the same time, the one of the store that comes first.</summary>
    Union,
}
