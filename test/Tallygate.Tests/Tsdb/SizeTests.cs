using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>What samples cost on disk and in memory, with series as a fleet of hosts has them.</summary>
public sealed class SizeTests(ITestOutputHelper output)
{
    private static readonly DatabaseOptions _options = DatabaseOptions.Samples with { MaxAhead = null, Retention = null };

    private static Labels LabelsOf(int host, int i) => Labels.Of(
        "__name__", $"metric_{i % 50}", "instance", $"host-{host:D3}.example.org:9100", "job", "node", "code", $"{i / 50}", "region", host % 2 == 0 ? "eu" : "us");

    // Four in ten are counters, two buckets, two gauges of few digits, the others batch jobs, constants and full floats.
    private static double Next(Random random, int i, double before) => (i % 25) switch
    {
        < 10 => before + random.Next(200),
        < 15 => random.Next(4) == 0 ? before + 1 : before,
        < 20 => Math.Round(50 + (random.NextDouble() * 50), 2),
        < 21 => random.NextDouble(),
        < 22 => Math.Round(random.NextDouble() * 1e6) * 4096,
        < 23 => random.Next(40) == 0 ? 1_795_000_000 + random.Next(10_000) : before,
        _ => before,
    };

    private static long Load(Database database, int hosts, int perHost, int scrapes, long start)
    {
        var random = new Random(1);
        var references = new SeriesRef[hosts * perHost];
        var values = new double[hosts * perHost];
        for (var scrape = 0; scrape < scrapes; scrape++)
        {
            for (var host = 0; host < hosts; host++)
            {
                using var appender = database.Appender();
                for (var i = 0; i < perHost; i++)
                {
                    var at = (host * perHost) + i;
                    values[at] = Next(random, i, values[at]);
                    Assert.Equal(AppendStatus.Appended, appender.Append(ref references[at], scrape == 0 ? LabelsOf(host, i) : Labels.Empty, start + (scrape * 15_000L) + (host * 150), values[at]));
                }

                appender.Commit();
            }
        }

        return (long)hosts * perHost * scrapes;
    }

    [Fact]
    public void A_sample_costs_at_most_four_bytes_of_log_and_three_of_block()
    {
        var files = new SimulatedFileSystem(1);
        using var database = Database.Open("/d", _options with { Files = files }, new FakeTimeProvider(), NullLogger.Instance);
        var start = 1_795_000_000_000 / 7_200_000 * 7_200_000;
        var samples = Load(database, hosts: 4, perHost: 250, scrapes: 800, start);
        var log = files.List("/d/wal").Sum(f => (long)files.Bytes("/d/wal/" + f).Length);
        output.WriteLine($"write-ahead log: {(double)log / samples:0.00} bytes per sample");
        for (var i = 0; i < 200; i++)
        {
            database.Step(start + (800 * 15_000) + i);
        }

        var block = Assert.Single(database.Blocks);
        output.WriteLine($"block: {(double)block.Bytes / block.Samples:0.00} bytes per sample, {block.Samples} samples");
        Assert.InRange((double)log / samples, 1, 4);
        Assert.InRange((double)block.Bytes / block.Samples, 1, 3);
        Assert.True(Ulid.IsValid(block.Ulid));
    }

    [Fact]
    public void A_series_costs_at_most_a_third_of_what_Prometheus_takes()
    {
        const int Series = 20_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var database = Database.InMemory(_options, new FakeTimeProvider());
        Load(database, hosts: 20, perHost: Series / 20, scrapes: 40, 1_795_000_000_000);
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{used / Series} bytes per series with 40 samples");

        // Prometheus takes 3.3 KB for the same.
        Assert.InRange(used / Series, 100, 1100);
        GC.KeepAlive(database);
    }
}
