namespace Tallygate.Tsdb.Head;

/// <summary>What a head snapshot says of itself.</summary>
/// <param name="SourcePosition">The source position that its samples stand for.</param>
/// <param name="LogSequence">The last record of the write-ahead log that is in it.</param>
/// <param name="Length">The length of the file.</param>
/// <param name="MinTime">Before this time blocks hold the in-order samples.</param>
internal readonly record struct HeadSnapshotFacts(long SourcePosition, long LogSequence, long Length, long MinTime);
