using Microsoft.Extensions.Time.Testing;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb;

/// <summary>The database keeps the contract of the ports.</summary>
public sealed class DatabaseContractTests : StorageContract
{
    protected override (IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) Open(bool allowOutOfOrder)
    {
        var options = new DatabaseOptions { AllowOutOfOrder = allowOutOfOrder, MaxAhead = null, Retention = null };
        var database = Database.InMemory(options, new FakeTimeProvider());
        return (database, database, database);
    }
}
