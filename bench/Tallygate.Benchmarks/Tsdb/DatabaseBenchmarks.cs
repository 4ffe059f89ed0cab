using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Benchmarks.Tsdb;

/// <summary>10,000 series: 100 samples appended to each, replayed, and asked for.</summary>
[MemoryDiagnoser]
[SimpleJob(launchCount: 1, warmupCount: 30, iterationCount: 10, invocationCount: 1)]
public class DatabaseBenchmarks
{
    private const int Series = 10_000;
    private const int Rounds = 100;
    private static readonly DatabaseOptions _options = new() { MaxAhead = null, Retention = null, SnapshotAfterBytes = long.MaxValue };
    private readonly SeriesRef[] _references = new SeriesRef[Series];
    private readonly long[] _times = new long[512];
    private readonly double[] _values = new double[512];
    private Labels[] _labels = [];
    private Database _full = null!;
    private string _directory = "";
    private string _kept = "";

    [GlobalSetup]
    public void Setup()
    {
        _labels = [.. Enumerable.Range(0, Series).Select(i =>
            Labels.Of("__name__", $"metric_{i % 50}", "instance", $"host-{i % 100}:9100", "job", "api", "cpu", $"{i / 100}"))];
        _full = Database.InMemory(_options, TimeProvider.System);
        Fill(_full);
        _kept = Directory.CreateTempSubdirectory("bench-tsdb").FullName;
        var copied = Directory.CreateTempSubdirectory("bench-tsdb").FullName;
        var database = Database.Open(copied, _options, TimeProvider.System, NullLogger.Instance);
        Fill(database);
        // As a death of the process leaves it: no snapshot.
        Directory.CreateDirectory(Path.Combine(_kept, "wal"));
        foreach (var file in Directory.GetFiles(Path.Combine(copied, "wal")))
        {
            File.Copy(file, Path.Combine(_kept, "wal", Path.GetFileName(file)));
        }

        database.Dispose();
        Directory.Delete(copied, recursive: true);
        Console.WriteLine($"log: {new DirectoryInfo(_kept).GetFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) / (double)(Series * Rounds):F2} bytes per sample");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _full.Dispose();
        Directory.Delete(_kept, recursive: true);
    }

    [IterationSetup]
    public void NewDirectory() => _directory = Directory.CreateTempSubdirectory("bench-tsdb").FullName;

    [IterationCleanup]
    public void DropDirectory() => Directory.Delete(_directory, recursive: true);

    [Benchmark(OperationsPerInvoke = Series * Rounds)]
    public void AppendInMemory()
    {
        using var database = Database.InMemory(_options, TimeProvider.System);
        Fill(database);
    }

    [Benchmark(OperationsPerInvoke = Series * Rounds)]
    public void AppendWithLogAndClose()
    {
        using var database = Database.Open(_directory, _options, TimeProvider.System, NullLogger.Instance);
        Fill(database);
    }

    [Benchmark(OperationsPerInvoke = Series * Rounds)]
    public int Replay()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "wal"));
        foreach (var file in Directory.GetFiles(Path.Combine(_kept, "wal")))
        {
            File.Copy(file, Path.Combine(_directory, "wal", Path.GetFileName(file)));
        }

        var database = Database.Open(_directory, _options, TimeProvider.System, NullLogger.Instance);
        var series = database.SeriesCount;
        database.Dispose();
        return series;
    }

    [Benchmark(OperationsPerInvoke = Series)]
    public double SelectInstant() => Select((Rounds - 20) * 15_000);

    [Benchmark(OperationsPerInvoke = Series * Rounds)]
    public double SelectAll() => Select(0);

    private double Select(long from)
    {
        var sum = 0.0;
        using var querier = _full.Querier(from, long.MaxValue);
        var set = querier.Select(false, null, []);
        while (set.MoveNext())
        {
            var cursor = set.Current.Samples(from, long.MaxValue);
            for (var read = cursor.Read(_times, _values); read > 0; read = cursor.Read(_times, _values))
            {
                sum += _values[read - 1];
            }
        }

        return sum;
    }

    private void Fill(Database database)
    {
        Array.Clear(_references);
        for (var round = 0; round < Rounds; round++)
        {
            using var appender = database.Appender();
            for (var i = 0; i < Series; i++)
            {
                var value = i % 4 == 0 ? 1 : i % 4 == 1 ? round * (i % 10) : Math.Round(i * 0.01 * round, 2);
                appender.Append(ref _references[i], _labels[i], round * 15_000, value);
            }

            appender.Commit();
        }
    }
}
