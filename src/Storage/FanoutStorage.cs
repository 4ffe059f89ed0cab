namespace Tallygate.Storage;

/// <summary>
/// Several stores read as one; what is appended goes to one of them. Thread-safe. It owns none of them.
/// </summary>
/// <remarks>
/// A snapshot is one of each store, taken one after the other: a commit is whole or absent in its own store, but of two commits to two
/// stores the later may be seen without the earlier.
/// </remarks>
public sealed class FanoutStorage : IQueryableStorage, IAppendableStorage
{
    private readonly IAppendableStorage _primary;
    private readonly IQueryableStorage[] _stores;
    private readonly SeriesMerge _merge;

    /// <param name="primary">The store that takes the samples.</param>
    /// <param name="stores">The stores that are read, in order of precedence: for the house, <c>pushes/</c> before <c>samples/</c>.</param>
    /// <param name="merge">What is shown of a series that stands in several stores.</param>
    public FanoutStorage(IAppendableStorage primary, IReadOnlyList<IQueryableStorage> stores, SeriesMerge merge = SeriesMerge.FirstWins)
    {
        _primary = primary;
        _stores = [.. stores];
        _merge = merge;
    }

    /// <inheritdoc/>
    public long DurableSourcePosition => _primary.DurableSourcePosition;

    /// <inheritdoc/>
    public IAppender Appender() => _primary.Appender();

    /// <inheritdoc/>
    public IQuerier Querier(long minTime, long maxTime) => FanoutQuerier.Open(_stores, _merge, minTime, maxTime);

    /// <inheritdoc/>
    public IStorageSnapshot Snapshot()
    {
        var snapshots = new List<IStorageSnapshot>(_stores.Length);
        try
        {
            foreach (var store in _stores)
            {
                snapshots.Add(store.Snapshot());
            }

            return new FanoutSnapshot([.. snapshots], _merge);
        }
        catch
        {
            snapshots.ForEach(static s => s.Dispose());
            throw;
        }
    }
}
