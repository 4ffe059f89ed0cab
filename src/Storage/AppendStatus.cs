namespace Tallygate.Storage;

/// <summary>What became of one appended sample.</summary>
public enum AppendStatus
{
    /// <summary>Taken.</summary>
    Appended,

    /// <summary>Left out: the series has this very sample already.</summary>
    Duplicate,

    /// <summary>Refused: the series has another value at this time.</summary>
    DuplicateTimestamp,

    /// <summary>Refused: the series has a newer sample, and the store takes samples in order only.</summary>
    OutOfOrder,

    /// <summary>Refused: too old for the store, or too far in the future.</summary>
    OutOfBounds,

    /// <summary>Refused: the labels are empty or invalid.</summary>
    InvalidLabels,
}
