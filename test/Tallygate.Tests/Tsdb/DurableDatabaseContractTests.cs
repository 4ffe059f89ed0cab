using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>The database with a write-ahead log keeps the contract of the ports.</summary>
public sealed class DurableDatabaseContractTests : StorageContract
{
    protected override (IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) Open(bool allowOutOfOrder)
    {
        var options = new DatabaseOptions
        {
            AllowOutOfOrder = allowOutOfOrder,
            MaxAhead = null,
            Retention = null,
            Files = new SimulatedFileSystem(1),
        };
        var database = Database.Open("/data/samples", options, new FakeTimeProvider(), NullLogger.Instance);
        return (database, database, database);
    }
}
