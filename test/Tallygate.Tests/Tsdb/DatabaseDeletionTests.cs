using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb;

/// <summary>What is deleted stays deleted; what is copied can be opened; what is damaged is told.</summary>
public sealed class DatabaseDeletionTests
{
    private const string Path = "/data/db";
    private const long Minute = 60_000;

    public static TheoryData<bool> WithLog => [true, false];

    private static Database Open(SimulatedFileSystem files, bool withLog, string path = Path) => Database.Open(
        path,
        (withLog ? DatabaseOptions.Samples with { MaxAhead = null } : DatabaseOptions.Pushes) with { Retention = null, Files = files },
        new FakeTimeProvider(),
        NullLogger.Instance);

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}");

    private static void Put(Database database, long minute, int series = 4)
    {
        using var appender = database.Appender();
        for (var i = 0; i < series; i++)
        {
            SeriesRef reference = default;
            appender.Append(ref reference, LabelsOf(i), minute * Minute, minute + i);
        }

        appender.Commit(minute + 1);
    }

    private static void Step(Database database, long minute)
    {
        for (var i = 0; i < 100; i++)
        {
            database.Step((minute * Minute) + i);
        }
    }

    private static long[] Minutes(Database database, int series) =>
        [.. StorageReading.All(database).Where(s => s.Labels.Equals(LabelsOf(series))).SelectMany(s => s.Floats).Select(f => f.Time / Minute)];

    private static IEnumerable<long> Range(long from, long to) => Enumerable.Range((int)from, (int)(to - from)).Select(m => (long)m);

    [Theory, MemberData(nameof(WithLog))]
    public void Deleted_samples_stay_deleted_in_blocks_and_head(bool withLog)
    {
        var files = new SimulatedFileSystem(1);
        var database = Open(files, withLog);
        for (var minute = 0; minute < 400; minute++)
        {
            Put(database, minute);
        }

        Step(database, 400);
        LabelMatcher[] one = [new(MatchType.Equal, "i", "1")];
        database.Delete(100 * Minute, 390 * Minute, one);
        database.Delete(0, long.MaxValue, [new LabelMatcher(MatchType.Equal, "i", "3")]);
        void Check(long until)
        {
            Assert.Equal(Range(0, until), Minutes(database, 0));
            Assert.Equal([.. Range(0, 100), .. Range(391, until)], Minutes(database, 1));
            Assert.Equal(Range(400, until), Minutes(database, 3));
        }

        Check(400);
        files.Restart();
        database = Open(files, withLog);
        Check(400);

        // What comes afterwards is not hidden, and the next cut leaves the deleted ones out.
        for (var minute = 400; minute < 800; minute++)
        {
            Put(database, minute);
            Step(database, minute);
        }

        Check(800);
        database.CleanTombstones();
        Check(800);
        var left = files.ListDirectories(Path).Where(Ulid.IsValid).Select(b => Block.Open(files, $"{Path}/{b}")).ToList();
        Assert.All(left, static b => Assert.Empty(b.Deleted));
        left.ForEach(static b => b.Dispose());
        database.RequestSnapshot();
        Step(database, 801);
        files.Restart();
        database = Open(files, withLog);
        Check(800);
        database.Dispose();
    }

    [Theory, MemberData(nameof(WithLog))]
    public void A_copy_is_a_database_of_its_own(bool withLog)
    {
        var files = new SimulatedFileSystem(2);
        using var database = Open(files, withLog);
        for (var minute = 0; minute < 500; minute++)
        {
            Put(database, minute);
        }

        Step(database, 500);
        database.CopyTo("/data/copy", withHead: true);
        Put(database, 500);
        using var copy = Open(files, withLog, "/data/copy");
        Assert.Equal(Range(0, 500), Minutes(copy, 2));
        if (!withLog)
        {
            // The source brings everything again: what the copy has is left out.
            for (var minute = 0; minute <= 500; minute++)
            {
                Put(copy, minute);
            }

            Assert.Equal(Range(0, 501), Minutes(copy, 2));
        }

        database.CopyTo("/data/blocks", withHead: false);
        using var blocks = Open(files, withLog, "/data/blocks");
        Assert.InRange(Minutes(blocks, 2).Length, 240, 480);
    }

    [Theory, MemberData(nameof(WithLog))]
    public void Every_flipped_byte_of_a_database_is_told_or_harmless(bool withLog)
    {
        var files = new SimulatedFileSystem(3);
        using (var database = Open(files, withLog))
        {
            for (var minute = 0; minute < 260; minute += 4)
            {
                Put(database, minute, series: 2);
            }

            Step(database, 260);
            database.Delete(0, 10 * Minute, [new LabelMatcher(MatchType.Equal, "i", "1")]);
            database.RequestSnapshot();
            Step(database, 261);
            Put(database, 262, series: 2);
        }

        var wanted = (Minutes: Array.Empty<long>(), Other: Array.Empty<long>());
        using (var database = Open(files, withLog))
        {
            wanted = (Minutes(database, 0), Minutes(database, 1));
        }

        var (told, all) = (0, 0);
        foreach (var directory in new[] { Path, Path + "/wal" }.Concat(files.ListDirectories(Path).SelectMany(d => new[] { $"{Path}/{d}", $"{Path}/{d}/chunks" })).Distinct())
        {
            foreach (var name in files.List(directory).Where(n => n != "LOCK"))
            {
                var file = $"{directory}/{name}";
                var original = files.Bytes(file);
                for (var at = 0; at < original.Length; at++)
                {
                    all++;
                    files.Flip(file, at, 0x10);
                    try
                    {
                        using var database = Open(files, withLog);
                        Assert.Equal(wanted.Minutes, Minutes(database, 0));
                        Assert.Equal(wanted.Other, Minutes(database, 1));
                    }
                    catch (IOException e) when (e is TsdbCorruptionException or WalCorruptionException)
                    {
                        told++;
                        Assert.Contains(Path, e.Message, StringComparison.Ordinal);
                    }

                    // The opening may have cut or replaced it.
                    files.Restart();
                    files.Put(file, original);
                }
            }
        }

        Assert.InRange(told, all / 2, all);
    }
}
