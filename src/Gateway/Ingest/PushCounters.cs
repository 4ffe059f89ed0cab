namespace Tallygate.Gateway.Ingest;

/// <summary>What the writer counts. Written by the writer, read by anybody.</summary>
internal sealed class PushCounters
{
    private readonly long[] _rejected = new long[Enum.GetValues<RejectReason>().Length];

    public long Replaces;
    public long Merges;
    public long Deletes;
    public long Wipes;
    public long Suppressed;
    public long LogFailures;
    public long Batches;
    public long Replayed;
    public long Other;
    public long Late;
    public long RunsAbandoned;
    public long Expired;

    /// <summary>Refused for this reason.</summary>
    public long Rejected(RejectReason reason) => Volatile.Read(ref _rejected[(int)reason]);

    /// <summary>Counts one refusal; requests that never reach the writer are counted by their own threads.</summary>
    public void CountRejected(RejectReason reason) => Interlocked.Increment(ref _rejected[(int)reason]);
}
