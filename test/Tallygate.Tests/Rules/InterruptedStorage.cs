using Tallygate.Storage;

namespace Tallygate.Tests.Rules;

/// <summary>A store in which something happens after each query of a snapshot: a scrape that commits in between, or a crash.</summary>
internal sealed class InterruptedStorage(IQueryableStorage storage, Action<int> afterQuery) : IQueryableStorage
{
    public IQuerier Querier(long minTime, long maxTime) => storage.Querier(minTime, maxTime);

    public IStorageSnapshot Snapshot() => new Interrupted(storage.Snapshot(), afterQuery);

    private sealed class Interrupted(IStorageSnapshot snapshot, Action<int> afterQuery) : IStorageSnapshot
    {
        private int _queries;

        public IQuerier Querier(long minTime, long maxTime)
        {
            BeforeQuery();
            return snapshot.Querier(minTime, maxTime);
        }

        public IStorageSnapshot Snapshot()
        {
            BeforeQuery();
            return snapshot.Snapshot();
        }

        public void Dispose() => snapshot.Dispose();

        // Whatever is done before the second query is done between the first rule and the second.
        private void BeforeQuery()
        {
            if (_queries++ > 0)
            {
                afterQuery(_queries - 1);
            }
        }
    }
}
