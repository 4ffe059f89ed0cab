namespace Tallygate.Storage;

/// <summary>Port: a store of samples that can be asked. Thread-safe.</summary>
public interface IQueryableStorage
{
    /// <summary>
    /// A view of the samples from <paramref name="minTime"/> to <paramref name="maxTime"/> (Unix milliseconds, both inclusive) as they
    /// stand now: a commit is seen whole or not at all, and later commits are not seen.
    /// </summary>
    IQuerier Querier(long minTime, long maxTime);

    /// <summary>
    /// The whole store as it stands now: queriers that come from the snapshot see no later commit. Cheap to take, and to be disposed of soon:
    /// a store may hold memory for as long as it lives.
    /// </summary>
    IStorageSnapshot Snapshot();
}
