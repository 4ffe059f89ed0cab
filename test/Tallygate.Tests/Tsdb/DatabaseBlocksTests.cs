using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>A database whose head becomes blocks answers like one that keeps all in memory, whatever happens to it.</summary>
public sealed class DatabaseBlocksTests(ITestOutputHelper output)
{
    private const string Path = "/data/db";
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    private static readonly DatabaseOptions _samples = DatabaseOptions.Samples with { MaxAhead = null, Retention = null };
    private static readonly DatabaseOptions _pushes = DatabaseOptions.Pushes with { Retention = null };
    private static readonly DatabaseOptions _window = _samples with { AllowOutOfOrder = true, OutOfOrderWindow = TimeSpan.FromHours(6) };

    public static TheoryData<string> Kinds => ["samples", "pushes", "window"];

    private static DatabaseOptions Options(string kind) => kind switch { "samples" => _samples, "pushes" => _pushes, _ => _window };

    private static Database Open(SimulatedFileSystem files, DatabaseOptions options) =>
        Database.Open(Path, options with { Files = files }, new FakeTimeProvider(), NullLogger.Instance);

    private static List<string> Blocks(SimulatedFileSystem files) => [.. files.ListDirectories(Path).Where(Ulid.IsValid)];

    /// <summary>What was acknowledged, in order, so that a replay can bring it again.</summary>
    private sealed record Commit(long Position, List<(Labels Labels, long Time, double Value)> Samples);

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}", "odd", i % 2 == 0 ? "no" : "yes");

    private static Commit Make(Random random, long position, long now, bool late)
    {
        var samples = new List<(Labels, long, double)>();
        var chosen = new HashSet<int>();
        for (var i = 0; i < 6; i++)
        {
            var series = random.Next(10) == 0 ? 20 + (int)(now / (5 * Hour)) : random.Next(8);
            if (chosen.Add(series))
            {
                var time = late && random.Next(8) == 0 ? now - random.NextInt64(5 * Hour) : now;
                samples.Add((LabelsOf(series), time, time % 7 == 0 ? StaleMarker.Value : random.Next(4) == 0 ? random.NextDouble() : position));
            }
        }

        return new Commit(position, samples);
    }

    private static void Put(IAppendableStorage storage, Commit commit)
    {
        using var appender = storage.Appender();
        foreach (var (labels, time, value) in commit.Samples)
        {
            SeriesRef reference = default;
            appender.Append(ref reference, labels, time, value);
        }

        appender.Commit(commit.Position);
    }

    private static void Step(Database database, long now, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            database.Step(now + i);
        }
    }

    private static void AssertSame(IQueryableStorage expected, IQueryableStorage actual, string what)
    {
        var (want, have) = (StorageReading.All(expected), StorageReading.All(actual));
        Assert.Equal(want.Select(s => s.Labels), have.Select(s => s.Labels));
        foreach (var (series, other) in want.Zip(have))
        {
            Assert.True(
                series.Floats.Select(f => (f.Time, BitConverter.DoubleToInt64Bits(f.Value))).SequenceEqual(
                    other.Floats.Select(f => (f.Time, BitConverter.DoubleToInt64Bits(f.Value)))),
                $"{what}: {series.Labels}: {series.Floats.Count} samples became {other.Floats.Count}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Blocks_and_head_answer_as_one(string kind)
    {
        var files = new SimulatedFileSystem(3);
        var random = new Random(17);
        var twin = new InMemoryStorage(allowOutOfOrder: kind != "samples");
        var database = Open(files, Options(kind));
        var now = 1_000 * Hour;
        var position = 0L;
        for (var round = 0; round < 1500; round++)
        {
            now += Minute + random.Next(1000);
            var commit = Make(random, ++position, now, kind != "samples");
            Put(twin, commit);
            Put(database, commit);
            Step(database, now, random.Next(3));
            if (round % 400 == 399)
            {
                AssertSame(twin, database, $"round {round}");
                using (var querier = database.Querier(now - (3 * Hour), now - Hour))
                using (var wanted = twin.Querier(now - (3 * Hour), now - Hour))
                {
                    Assert.Equal(
                        StorageReading.Select(wanted).Select(s => (s.Labels, s.Samples.Count)),
                        StorageReading.Select(querier).Where(s => s.Samples.Count > 0).Select(s => (s.Labels, s.Samples.Count)));
                    Assert.Equal(["no", "yes"], querier.LabelValues("odd", [], 0));
                }

                database.Dispose();
                database = Open(files, Options(kind));
                AssertSame(twin, database, $"round {round} after a restart");
            }
        }

        Step(database, now, 300);
        var levels = Blocks(files).ConvertAll(b => BlockMetaJson.Read(b, files.Bytes($"{Path}/{b}/meta.json")).Level);
        output.WriteLine($"levels: {string.Join(' ', levels)}");
        Assert.Contains(levels, static l => l >= 2);
        Assert.InRange(levels.Count, 2, 8);
        AssertSame(twin, database, "the end");
        database.Dispose();
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Death_at_any_operation_neither_loses_nor_doubles(string kind)
    {
        var rounds = Soak.Rounds(full: 300, reduced: 40);
        output.WriteLine($"seed {Soak.Seed}");
        var cuts = 0;
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(Soak.Seed + round);
            var files = new SimulatedFileSystem(Soak.Seed + round);
            var twin = new InMemoryStorage(allowOutOfOrder: kind != "samples");
            var log = new List<Commit>();
            var now = 1_000 * Hour;
            for (var life = 0; life < 4; life++)
            {
                files.DiesAt = random.Next(400);
                try
                {
                    var database = Open(files, Options(kind) with { SnapshotAfterBytes = 4000 });
                    foreach (var commit in log.Where(c => kind == "pushes" && c.Position > database.DurableSourcePosition))
                    {
                        Put(database, commit);
                    }

                    for (var i = 0; i < 150; i++)
                    {
                        now += 3 * Minute;
                        var commit = Make(random, log.Count + 1, now, kind != "samples");
                        try
                        {
                            // A push is in its log before it is in the database; a sample is there when its commit returns.
                            if (kind == "pushes")
                            {
                                log.Add(commit);
                                Put(twin, commit);
                            }

                            Put(database, commit);
                            if (kind != "pushes")
                            {
                                log.Add(commit);
                                Put(twin, commit);
                            }
                        }
                        catch (SimulatedCrashException) when (kind != "pushes")
                        {
                            // It may be there or not; it is left out of the comparison by asking for it.
                            files.Restart();
                            using var after = Open(files, Options(kind));
                            if (StorageReading.All(after).SelectMany(s => s.Samples).Any(s => s.Time == now))
                            {
                                log.Add(commit);
                                Put(twin, commit);
                            }

                            throw;
                        }

                        Step(database, now, random.Next(4));
                    }
                }
                catch (SimulatedCrashException)
                {
                    // The next life begins.
                }

                if (kind == "pushes" && random.Next(2) == 0)
                {
                    files.PowerLoss();
                }
                else
                {
                    files.Restart();
                }

                cuts += Blocks(files).Count;
                using var again = Open(files, Options(kind));
                foreach (var commit in log.Where(c => kind == "pushes" && c.Position > again.DurableSourcePosition))
                {
                    Put(again, commit);
                }

                AssertSame(twin, again, $"round {round}, life {life}");
            }
        }

        output.WriteLine($"{cuts} blocks found after deaths");
        Assert.InRange(cuts, rounds, int.MaxValue);
    }

    [Fact]
    public void Old_readers_see_their_moment_while_the_head_is_cut()
    {
        var files = new SimulatedFileSystem(5);
        using var database = Open(files, _samples);
        var twin = new InMemoryStorage();
        var random = new Random(5);
        var now = 1_000 * Hour;
        for (var i = 0; i < 240; i++)
        {
            now += Minute;
            var commit = Make(random, i + 1, now, false);
            Put(twin, commit);
            Put(database, commit);
        }

        using (var before = database.Snapshot())
        {
            Step(database, now, 100);
            Assert.Single(Blocks(files));
            AssertSame(twin, before, "before the cut");
            AssertSame(twin, database, "after the cut");
        }

        var series = database.SeriesCount;
        Step(database, now, 300);
        AssertSame(twin, database, "after the head dropped it");
        Assert.InRange(database.SeriesCount, 1, series);
    }

    [Fact]
    public void A_full_disk_costs_no_sample_and_goes_on_when_there_is_room()
    {
        var files = new SimulatedFileSystem(6);
        using var database = Open(files, _pushes);
        var twin = new InMemoryStorage(allowOutOfOrder: true);
        var random = new Random(6);
        var now = 1_000 * Hour;
        files.Capacity = 500;
        for (var i = 0; i < 400; i++)
        {
            now += Minute;
            var commit = Make(random, i + 1, now, true);
            Put(twin, commit);
            Put(database, commit);
            Step(database, now, 3);
        }

        Assert.Empty(Blocks(files));
        AssertSame(twin, database, "on a full disk");
        files.Capacity = null;
        now += Minute;
        Step(database, now, 300);
        Assert.NotEmpty(Blocks(files));
        AssertSame(twin, database, "with room");
    }

    [Fact]
    public void What_is_too_old_is_refused_or_late()
    {
        var files = new SimulatedFileSystem(7);
        using var database = Open(files, _samples);
        using var window = Database.InMemory(_window, new FakeTimeProvider());
        var now = 1_000 * Hour;
        foreach (var storage in new[] { database, window })
        {
            for (var i = 0; i < 300; i++)
            {
                Put(storage, new Commit(0, [(LabelsOf(1), now + (i * Minute), i)]));
            }

            Step(storage, now + (300 * Minute), 100);
        }

        AppendStatus Try(Database storage, int series, long time)
        {
            using var appender = storage.Appender();
            SeriesRef reference = default;
            return appender.Append(ref reference, LabelsOf(series), time, 1);
        }

        Assert.Equal(AppendStatus.OutOfBounds, Try(database, 2, now));
        Assert.Equal(AppendStatus.OutOfOrder, Try(database, 1, now + (298 * Minute)));
        Assert.Equal(AppendStatus.Appended, Try(database, 2, now + (298 * Minute)));
        Assert.Equal(AppendStatus.Appended, Try(window, 1, now - 1));
        Assert.Equal(AppendStatus.OutOfOrder, Try(window, 1, now - (2 * Hour)));
    }

    [Fact]
    public void Size_and_time_drop_the_oldest_blocks_first()
    {
        var files = new SimulatedFileSystem(8);
        var options = _samples with { Retention = TimeSpan.FromHours(12), MaxBytes = 1 << 20 };
        var now = 1_000 * Hour;
        using var database = Database.Open(
            Path, options with { Files = files }, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(now)), NullLogger.Instance);
        for (var i = 0; i < 48 * 60; i++)
        {
            now += Minute;
            Put(database, new Commit(0, [(LabelsOf(1), now, i)]));
            Step(database, now, 2);
        }

        Step(database, now, 200);
        var times = Assert.Single(StorageReading.All(database)).Samples;
        Assert.InRange(now - times[0].Time, 12 * Hour, 17 * Hour);
        Assert.Equal(times.Count, ((now - times[0].Time) / Minute) + 1);
    }
}
