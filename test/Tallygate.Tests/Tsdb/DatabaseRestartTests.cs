using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>What survives which death.</summary>
public sealed class DatabaseRestartTests
{
    private const string Path = "/data/db";

    private static readonly DatabaseOptions _samples = DatabaseOptions.Samples with { MaxAhead = null, Retention = null };

    private static readonly DatabaseOptions _pushes = DatabaseOptions.Pushes with { Retention = null };

    private static Database Open(SimulatedFileSystem files, DatabaseOptions options) =>
        Database.Open(Path, options with { Files = files }, new FakeTimeProvider(), NullLogger.Instance);

    private static void Put(Database storage, long time, int series, long position = 0)
    {
        using var appender = storage.Appender();
        for (var i = 0; i < series; i++)
        {
            SeriesRef reference = default;
            appender.Append(ref reference, LabelsOf(i), time, Value(time, i));
        }

        appender.Commit(position);
    }

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}");

    private static double Value(long time, int i) => i % 3 == 0 ? time : i % 3 == 1 ? 1.0 / (time + i) : time % 10 == 0 ? StaleMarker.Value : 7;

    private static void AssertHolds(Database storage, List<long> times, int series)
    {
        var all = StorageReading.All(storage);
        Assert.Equal(times.Count == 0 ? 0 : series, all.Count);
        for (var i = 0; i < series && times.Count > 0; i++)
        {
            var read = all.Single(s => s.Labels.Equals(LabelsOf(i)));
            Assert.Equal(times, read.Floats.Select(f => f.Time));
            Assert.Equal(times.Select(t => Bits(Value(t, i))), read.Floats.Select(f => Bits(f.Value)));
        }
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    [Fact]
    public void Committed_samples_survive_the_death_of_the_process_again_and_again()
    {
        var files = new SimulatedFileSystem(7);
        var times = new List<long>();
        for (var life = 0; life < 20; life++)
        {
            var database = Open(files, _samples);
            AssertHolds(database, times, 7);
            for (var i = 0; i < 30; i++)
            {
                times.Add((times.Count + 1) * 15_000);
                Put(database, times[^1], 7);
                if (i % 10 == life)
                {
                    database.RequestSnapshot();
                    database.Step(times[^1]);
                }
            }

            // No dispose: the process is gone.
            files.Restart();
        }

        using var last = Open(files, _samples);
        AssertHolds(last, times, 7);
    }

    [Fact]
    public void Samples_that_were_synced_survive_a_power_loss_and_what_is_left_is_a_prefix()
    {
        Gen.Int[0, 100_000].Sample(
            seed =>
            {
                var files = new SimulatedFileSystem(seed);
                var random = new Random(seed);
                var times = new List<long>();
                for (var life = 0; life < 4; life++)
                {
                    var database = Open(files, _samples with { SnapshotAfterBytes = 2000 });
                    var synced = times.Count;
                    for (var i = random.Next(20); i >= 0; i--)
                    {
                        times.Add((times.Count + 1) * 1000);
                        Put(database, times[^1], 5);
                        if (random.Next(5) == 0)
                        {
                            database.Step(times[^1]);
                            synced = times.Count;
                        }
                    }

                    files.PowerLoss();
                    using var again = Open(files, _samples);
                    var left = StorageReading.All(again) is [var first, ..] ? first.Samples.Count : 0;
                    Assert.InRange(left, synced, times.Count);
                    times.RemoveRange(left, times.Count - left);
                    AssertHolds(again, times, 5);
                }
            },
            iter: 60);
    }

    [Fact]
    public void A_death_at_any_operation_loses_nothing_that_was_committed()
    {
        for (var dies = 0L; dies < 60; dies++)
        {
            var files = new SimulatedFileSystem((int)dies);
            var times = new List<long>();
            var attempted = 0L;
            try
            {
                files.DiesAt = dies;
                var database = Open(files, _samples with { SnapshotAfterBytes = 500 });
                for (var t = 1L; t < 40; t++)
                {
                    attempted = t;
                    Put(database, t, 3);
                    times.Add(t);
                    database.Step(t * 1000);
                }

                database.Dispose();
            }
            catch (SimulatedCrashException)
            {
            }

            files.Restart();
            using var again = Open(files, _samples);
            if (StorageReading.All(again) is [var first, ..] && first.Samples.Count > times.Count)
            {
                // The commit that did not return may be there, whole.
                times.Add(attempted);
            }

            AssertHolds(again, times, 3);
        }
    }

    [Fact]
    public void A_store_without_a_log_is_as_durable_as_its_newest_snapshot_and_tells_its_position()
    {
        var files = new SimulatedFileSystem(3);
        var database = Open(files, _pushes);
        Assert.Equal(0, database.DurableSourcePosition);
        for (var position = 1; position <= 10; position++)
        {
            Put(database, position * 100, 4, position);
        }

        Assert.Equal(0, database.DurableSourcePosition);
        Assert.Equal(10, database.SourcePosition);
        database.RequestSnapshot();
        database.Step(0);
        Assert.Equal(10, database.DurableSourcePosition);
        Put(database, 1100, 4, 11);
        files.PowerLoss();

        database = Open(files, _pushes);
        Assert.Equal(10, database.DurableSourcePosition);
        AssertHolds(database, [.. Enumerable.Range(1, 10).Select(i => i * 100L)], 4);
        for (var position = 8; position <= 12; position++)
        {
            // A replay from too early: the position guards, though the times are new.
            Put(database, position <= 10 ? position * 101 : position * 100, 4, position);
        }

        database.Dispose();
        database = Open(files, _pushes);
        Assert.Equal(12, database.DurableSourcePosition);
        AssertHolds(database, [.. Enumerable.Range(1, 12).Select(i => i * 100L)], 4);
    }

    [Fact]
    public void A_snapshot_keeps_open_chunks_late_samples_and_histograms_and_the_series_go_on()
    {
        var files = new SimulatedFileSystem(4);
        using var twin = new TwinStores(Open(files, _pushes));
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 70; i++)
            {
                var t = (round * 1000L) + i;
                twin.Put("floats", t, Math.Sin(t));
                twin.Put("late", 100_000 - t, t);
                twin.Put("steps", t * 1000, i / 9);
                if (i % 8 == 0)
                {
                    twin.Put("mixed", t, new FloatHistogram { Count = t, PositiveSpans = [new BucketSpan(0, 1)], PositiveBuckets = [t] });
                    twin.Put("late histograms", 50_000 - t, new FloatHistogram { Count = t });
                }
                else
                {
                    twin.Put("mixed", t, i);
                }
            }

            twin.Reopen(() => Open(files, _pushes));
            twin.AssertEqual();
        }
    }

    [Fact]
    public void Histograms_and_series_that_come_late_to_the_log_are_replayed()
    {
        var files = new SimulatedFileSystem(5);
        var database = Open(files, _samples);
        var slow = database.Appender();
        SeriesRef early = default;
        slow.Append(ref early, LabelsOf(0), 5, new FloatHistogram { Sum = 3, PositiveSpans = [new BucketSpan(-2, 1)], PositiveBuckets = [1] });
        slow.Append(ref early, LabelsOf(0), 6, 1.5);
        slow.Append(ref early, LabelsOf(0), 7, new FloatHistogram { Sum = StaleMarker.Value });
        using (var quick = database.Appender())
        {
            SeriesRef later = default;
            quick.Append(ref later, LabelsOf(1), 5, 1);
            quick.Commit();
        }

        slow.Commit();
        files.Restart();
        using var again = Open(files, _samples);
        var all = StorageReading.All(again);
        Assert.Equal(2, all.Count);
        Assert.Equal([true, false, true], all[0].Samples.Select(s => s.Histogram is not null));
        Assert.Equal([-2], all[0].Samples[0].Histogram!.PositiveSpans.Select(s => s.Offset));
        Assert.True(StaleMarker.Is(all[0].Samples[2].Histogram!.Sum));
        using var querier = again.Querier(0, 10);
        Assert.Equal(["0", "1"], querier.LabelValues("i", [], 0));
    }

    [Fact]
    public void A_bit_flipped_anywhere_in_a_snapshot_is_refused_with_file_and_offset()
    {
        var files = new SimulatedFileSystem(6);
        using (var database = Open(files, _pushes))
        {
            Put(database, 10, 3, 1);
            Put(database, 5, 2, 2);
        }

        const string Snapshot = Path + "/head.snapshot";
        var bytes = files.Bytes(Snapshot);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= (byte)(1 << (i % 8));
            files.Put(Snapshot, damaged);
            var error = Assert.Throws<TsdbCorruptionException>(() => Open(files, _pushes));
            Assert.Equal(Snapshot, error.File);
            Assert.InRange(error.Offset, 0, i);
            Assert.Equal(damaged, files.Bytes(Snapshot));
        }

        foreach (var length in new[] { 0, 5, 8, 20, bytes.Length - 1 })
        {
            files.Put(Snapshot, bytes.AsSpan(0, length));
            Assert.Throws<TsdbCorruptionException>(() => Open(files, _pushes));
        }

        files.Put(Snapshot, [.. bytes, 0]);
        Assert.Throws<TsdbCorruptionException>(() => Open(files, _pushes));
        files.Put(Snapshot, bytes);
        using var good = Open(files, _pushes);
        Assert.Equal(2, good.DurableSourcePosition);
    }

    [Fact]
    public void A_snapshot_without_its_log_is_refused()
    {
        var files = new SimulatedFileSystem(8);
        using (var database = Open(files, _samples))
        {
            Put(database, 10, 3);
        }

        foreach (var name in files.List(Path + "/wal"))
        {
            files.Delete($"{Path}/wal/{name}");
        }

        Assert.Throws<TsdbCorruptionException>(() => Open(files, _samples));
    }

    [Fact]
    public void A_full_disk_refuses_commits_whole_and_takes_them_again_when_there_is_room()
    {
        var files = new SimulatedFileSystem(9);
        var database = Open(files, _samples);
        Put(database, 1, 50);
        files.Capacity = 0;
        Assert.ThrowsAny<IOException>(() => Put(database, 2, 60));
        AssertHolds(database, [1], 50);
        database.Step(1000);
        files.Capacity = null;
        Put(database, 3, 50);
        AssertHolds(database, [1, 3], 50);
        files.Restart();
        using var again = Open(files, _samples);
        AssertHolds(again, [1, 3], 50);
    }

    [Fact]
    public void A_second_process_on_the_directory_is_refused()
    {
        var files = new SimulatedFileSystem(10);
        using var database = Open(files, _samples);
        Assert.ThrowsAny<IOException>(() => Open(files, _samples));
    }

    [Fact]
    public void The_real_disk_does_as_the_simulated_one()
    {
        var directory = Directory.CreateTempSubdirectory("tsdb").FullName;
        try
        {
            for (var round = 1; round <= 3; round++)
            {
                using var database = Database.Open(directory, _samples, new FakeTimeProvider(), NullLogger.Instance);
                AssertHolds(database, [.. Enumerable.Range(1, round - 1).Select(i => (long)i)], 3);
                Put(database, round, 3);
                database.Step(round * 1000);
                database.RequestSnapshot();
                database.Step(round * 1000);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
