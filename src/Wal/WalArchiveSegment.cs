namespace Tallygate.Wal;

/// <summary>A segment file of a log.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">How many of its bytes count.</param>
/// <param name="FirstSequence">Its first record, or the one that would be.</param>
/// <param name="LastSequence">Its last record; one less than the first where it has none.</param>
public readonly record struct WalArchiveSegment(string Path, long Bytes, long FirstSequence, long LastSequence);
