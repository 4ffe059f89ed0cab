namespace Tallygate.Storage;

/// <summary>The snapshots of several stores, read as one; it owns them.</summary>
internal sealed class FanoutSnapshot(IStorageSnapshot[] snapshots, SeriesMerge merge) : IStorageSnapshot
{
    public IQuerier Querier(long minTime, long maxTime) => FanoutQuerier.Open(snapshots, merge, minTime, maxTime);

    public IStorageSnapshot Snapshot()
    {
        var copies = Array.ConvertAll(snapshots, static s => s.Snapshot());
        return new FanoutSnapshot(copies, merge);
    }

    public void Dispose()
    {
        foreach (var snapshot in snapshots)
        {
            snapshot.Dispose();
        }
    }
}
