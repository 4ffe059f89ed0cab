using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tests.Storage;

public sealed class InMemoryStorageTests : StorageContract
{
    protected override (IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) Open(bool allowOutOfOrder)
    {
        var storage = new InMemoryStorage(allowOutOfOrder);
        return (storage, storage, null);
    }

    [Fact]
    public void The_newest_source_position_counts_as_durable()
    {
        var storage = new InMemoryStorage();
        using (var appender = storage.Appender())
        {
            SeriesRef reference = default;
            appender.Append(ref reference, Labels.Of("a", "b"), 1, 1);
            appender.Commit(17);
        }

        using (var appender = storage.Appender())
        {
            appender.Commit();
        }

        Assert.Equal(17, storage.DurableSourcePosition);
    }
}
