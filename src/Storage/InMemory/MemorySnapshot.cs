namespace Tallygate.Storage.InMemory;

/// <summary>The storage as it stood after one commit.</summary>
internal sealed class MemorySnapshot(InMemoryStorage storage, long version) : IStorageSnapshot
{
    public IQuerier Querier(long minTime, long maxTime) => storage.Querier(version, minTime, maxTime);

    public IStorageSnapshot Snapshot() => new MemorySnapshot(storage, version);

    public void Dispose()
    {
        // A version holds nothing.
    }
}
