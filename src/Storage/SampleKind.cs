namespace Tallygate.Storage;

/// <summary>What a cursor stands before.</summary>
public enum SampleKind
{
    /// <summary>The end.</summary>
    None,

    /// <summary>A float sample.</summary>
    Float,

    /// <summary>A native histogram sample.</summary>
    Histogram,
}
