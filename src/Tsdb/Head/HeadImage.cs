namespace Tallygate.Tsdb.Head;

/// <summary>All that a head snapshot keeps, of one moment.</summary>
/// <param name="SourcePosition">The source position that the samples stand for.</param>
/// <param name="LogSequence">The last record of the write-ahead log that is in them.</param>
/// <param name="CommittedBytes">How much had been committed by then.</param>
internal sealed record HeadImage(IReadOnlyList<SeriesImage> Series, long Version, long SourcePosition, long LogSequence, long CommittedBytes);
