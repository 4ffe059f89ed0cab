namespace Tallygate.Tsdb.Head;

/// <summary>All that a head snapshot keeps, of one moment. While it lives, the head keeps the labels of its series.</summary>
/// <param name="SourcePosition">The source position that the samples stand for.</param>
/// <param name="LogSequence">The last record of the write-ahead log that is in them.</param>
/// <param name="CommittedBytes">How much had been committed by then.</param>
/// <param name="MinTime">Before this time blocks hold the in-order samples.</param>
/// <param name="SealedTime">Before this time nothing in order comes any more.</param>
internal sealed record HeadImage(
    HeadBlock Head,
    IReadOnlyList<SeriesImage> Series,
    long Version,
    long SourcePosition,
    long LogSequence,
    long CommittedBytes,
    long MinTime,
    long SealedTime) : IDisposable
{
    public void Dispose() => Head.GiveBack(this);
}
