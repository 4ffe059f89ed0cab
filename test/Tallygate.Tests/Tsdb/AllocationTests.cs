using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>Budgets of allocated bytes on the hot paths.</summary>
public sealed class AllocationTests
{
    private const int Series = 1000;
    private readonly Labels[] _labels = [.. Enumerable.Range(0, Series).Select(i => Labels.Of("__name__", "m", "i", $"{i}"))];
    private readonly SeriesRef[] _references = new SeriesRef[Series];

    private void Round(Database database, long time)
    {
        using var appender = database.Appender();
        for (var i = 0; i < Series; i++)
        {
            appender.Append(ref _references[i], _labels[i], time, i + ((double)(time % 7) / 4));
        }

        appender.Commit();
    }

    private static DatabaseOptions Options => new() { MaxAhead = null, Retention = null };

    [Fact]
    public void An_appended_sample_costs_no_allocation_but_the_growth_of_chunks()
    {
        using var database = Database.InMemory(Options, new FakeTimeProvider());
        var time = 0L;
        for (var i = 0; i < 500; i++)
        {
            Round(database, time += 15_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Round(database, time += 15_000);
        }

        var perSample = (GC.GetAllocatedBytesForCurrentThread() - before) / (100.0 * Series);
        // The bits of the samples themselves and the table of closed chunks: no object per sample.
        Assert.InRange(perSample, 0, 6);
    }

    [Fact]
    public void A_commit_to_the_log_costs_no_allocation_per_sample()
    {
        using var database = Database.Open("/d", Options with { Files = new SimulatedFileSystem(1) }, new FakeTimeProvider(), NullLogger.Instance);
        var time = 0L;
        for (var i = 0; i < 3; i++)
        {
            Round(database, time += 15_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(database, time + 15_000);
        // The simulated disk grows and keeps a set of sectors; a real one costs nothing here.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Series, 0, 40);
    }

    [Fact]
    public void Reading_a_series_costs_the_same_for_many_samples_as_for_few()
    {
        using var database = Database.InMemory(Options, new FakeTimeProvider());
        for (var i = 1; i <= 1000; i++)
        {
            Round(database, i * 15_000);
        }

        using var querier = database.Querier(0, long.MaxValue);
        var set = querier.Select(false, null, []);
        Assert.True(set.MoveNext());
        var times = new long[512];
        var values = new double[512];
        long Read(long from)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var cursor = set.Current.Samples(from, long.MaxValue);
            var all = 0;
            for (var read = cursor.Read(times, values); read > 0; read = cursor.Read(times, values))
            {
                all += read;
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(1000 - (from / 15_000) + (from > 0 ? 1 : 0), all);
            return allocated;
        }

        Read(0);
        var many = Read(0);
        Assert.Equal(Read(15_000 * 999), many);
        Assert.InRange(many, 0, 400);
    }

    [Fact]
    public void A_series_takes_little_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var database = Database.InMemory(Options, new FakeTimeProvider());
        const int Many = 20_000;
        using (var appender = database.Appender())
        {
            for (var i = 0; i < Many; i++)
            {
                SeriesRef reference = default;
                appender.Append(ref reference, Labels.Of("__name__", "m", "instance", $"host-{i % 100}", "job", "api", "path", $"/p{i / 100}"), 1000, i);
            }

            appender.Commit();
        }

        var perSeries = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Many;
        GC.KeepAlive(database);
        Assert.InRange(perSeries, 0, 800);
    }
}
