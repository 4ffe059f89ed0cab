namespace Tallygate.Exposition;

/// <summary>What a reader for scrapes stands on.</summary>
public enum ExpositionEntryKind
{
    /// <summary>Nothing yet, or the end.</summary>
    None,

    /// <summary>A help text.</summary>
    Help,

    /// <summary>A type, which is in force until the next.</summary>
    Type,

    /// <summary>A unit; OpenMetrics only.</summary>
    Unit,

    /// <summary>Another comment; text format only.</summary>
    Comment,

    /// <summary>A sample.</summary>
    Series,
}
