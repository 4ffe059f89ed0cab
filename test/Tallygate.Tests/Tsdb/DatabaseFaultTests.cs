using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Tests.Gateway;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal.Simulation;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb;

/// <summary>
/// Syncs that fail and a disk that is full while the head is cut, blocks are merged and dropped, snapshots written and the write-ahead log cut:
/// whatever is hit, and whatever dies afterwards, all answers stay right, the work is done later, and nothing half done is left.
/// </summary>
public sealed class DatabaseFaultTests(ITestOutputHelper output)
{
    private const string Path = "/data/db";
    private const long Minute = 60_000;
    private const int Series = 3;
    private const int Commits = 130;
    private static readonly LabelMatcher[] _second = [new(MatchType.Equal, "i", "1")];

    /// <summary>What happens at the fault: nothing more, the death of the process, or a power loss.</summary>
    public enum Then
    {
        GoesOn,
        Dies,
        LosesPower,
    }

    private static DatabaseOptions Options(bool withLog) =>
        (withLog ? DatabaseOptions.Samples with { MaxAhead = null } : DatabaseOptions.Pushes) with { Retention = null };

    private static Database Open(SimulatedFileSystem files, bool withLog, ILogger? logger = null, DatabaseOptions? options = null) => Database.Open(
        Path, (options ?? Options(withLog)) with { Files = files }, new FakeTimeProvider(), logger ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}");

    // Five minutes apart, so that there are blocks enough to merge.
    private static long TimeOf(int commit) => 1_000_000_000 + (commit * 5L * Minute);

    private static void Put(Database database, int commit)
    {
        using var appender = database.Appender();
        for (var i = 0; i < Series; i++)
        {
            SeriesRef reference = default;
            appender.Append(ref reference, LabelsOf(i), TimeOf(commit), commit + (i / 10.0));
        }

        appender.Commit(commit);
    }

    private static Database Filled(SimulatedFileSystem files, bool withLog, ILogger? logger = null)
    {
        var database = Open(files, withLog, logger);
        for (var commit = 1; commit <= Commits; commit++)
        {
            Put(database, commit);
        }

        if (!withLog)
        {
            return database;
        }

        // Opened again, so that the whole log is on disk and no block was begun yet.
        files.Restart();
        return Open(files, withLog, logger);
    }

    /// <summary>Steps as a loop would that is called late, so that what failed is due again soon.</summary>
    private static void Work(Database database, int steps, Func<bool>? until = null)
    {
        for (var i = 0; i < steps && until?.Invoke() != true; i++)
        {
            database.Step(TimeOf(Commits) + (i * 2_000L));
        }
    }

    private static void AssertWhole(Database database, string what, int? deletedUpTo = null)
    {
        var all = StorageReading.All(database);
        Assert.Equal(Enumerable.Range(0, Series).Select(LabelsOf), all.Select(static s => s.Labels));
        for (var i = 0; i < Series; i++)
        {
            var wanted = Enumerable.Range(1, Commits).Where(c => i != 1 || c > (deletedUpTo ?? 0)).Select(c => (TimeOf(c), c + (i / 10.0)));
            Assert.True(wanted.SequenceEqual(all[i].Floats.Select(static f => (f.Time, f.Value))), $"{what}: series {i} has {all[i].Floats.Count} samples");
        }
    }

    private static Database Again(SimulatedFileSystem files, bool withLog)
    {
        var again = Open(files, withLog);
        for (var commit = 1; !withLog && commit <= Commits; commit++)
        {
            // Their log brings them; what is there already is left out.
            Put(again, commit);
        }

        return again;
    }

    public static TheoryData<bool, Then, int> Cases
    {
        get
        {
            var cases = new TheoryData<bool, Then, int>();
            foreach (var then in Enum.GetValues<Then>())
            {
                cases.Add(true, then, 1);
                cases.Add(true, then, 9);
                cases.Add(false, then, 1);
                cases.Add(false, then, 9);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_sync_that_fails_at_any_moment_costs_nothing(bool withLog, Then then, int times)
    {
        var (hit, blocks) = (0, 0);
        for (var at = 1; ; at++)
        {
            var files = new SimulatedFileSystem(at);
            var log = new LineLog();
            var database = Filled(files, withLog, log);
            var (syncs, failed) = (0, new List<string>());
            files.SyncFails = path =>
            {
                if (++syncs < at || syncs >= at + times)
                {
                    return false;
                }

                failed.Add(path);
                return true;
            };
            Work(database, 300, () => then != Then.GoesOn && failed.Count >= times);
            if (failed.Count == 0)
            {
                database.Dispose();
                break;
            }

            hit++;
            var what = $"sync {at} of {failed[0]}";
            AssertWhole(database, what);
            if (then == Then.GoesOn)
            {
                AssertMended(files, database, what);
                Assert.True(log.Lines.Exists(l => l.Contains(failed[0], StringComparison.Ordinal)), $"{what} is not told: {string.Join('\n', log.Lines)}");
                database.Dispose();
            }

            files.SyncFails = null;
            if (then == Then.LosesPower)
            {
                files.PowerLoss();
            }
            else
            {
                files.Restart();
            }

            blocks += files.ListDirectories(Path).Count(Ulid.IsValid);
            using var again = Again(files, withLog);
            AssertWhole(again, $"{what}, then opened again");
            Work(again, 300);
            AssertMended(files, again, $"{what}, then opened again", failures: false);
            AssertWhole(again, $"{what}, then opened again and worked on");
        }

        output.WriteLine($"{hit} syncs failed, {blocks} blocks found afterwards");
        Assert.InRange(hit, 30, int.MaxValue);
        Assert.InRange(blocks, 20, int.MaxValue);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_disk_that_is_full_at_any_moment_costs_nothing(bool withLog)
    {
        var steps = 0;
        for (var room = 0L; ; room += Soak.Rounds(full: 97, reduced: 1499))
        {
            var files = new SimulatedFileSystem(7);
            using var database = Filled(files, withLog);
            files.Capacity = Used(files) + room;
            Work(database, 60);
            var full = database.Work.CompactionsFailed + database.Work.SnapshotsFailed > 0;
            AssertWhole(database, $"with {room} bytes left");
            Assert.DoesNotContain(files.ListDirectories(Path), static d => d.Contains(".tmp", StringComparison.Ordinal));
            Assert.DoesNotContain(files.List(Path), static f => f.EndsWith(".tmp", StringComparison.Ordinal));

            // The process dies while the disk is full: opening needs hardly any room, and what was there still is.
            files.Restart();
            using (var again = Again(files, withLog))
            {
                AssertWhole(again, $"with {room} bytes left, opened again");
                files.Capacity = null;
                Work(again, 300);
                AssertMended(files, again, $"after {room} bytes were left", failures: false);
                AssertWhole(again, $"after {room} bytes were left");
            }

            steps++;
            if (!full)
            {
                break;
            }
        }

        output.WriteLine($"{steps} fillings");
        Assert.InRange(steps, 4, int.MaxValue);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void What_was_deleted_while_blocks_could_not_be_deleted_stays_deleted(bool withLog)
    {
        for (var at = 1; at < 60; at++)
        {
            var files = new SimulatedFileSystem(at);
            var database = Filled(files, withLog);
            var (syncs, failing) = (0, true);
            files.SyncFails = path => path == Path && ++syncs >= at && failing;
            Work(database, 200);
            failing = false;
            database.Delete(0, TimeOf(40), _second);
            failing = true;
            AssertWhole(database, $"directory sync {at}", deletedUpTo: 40);
            files.Restart();
            files.SyncFails = null;
            using var again = Again(files, withLog);
            AssertWhole(again, $"directory sync {at}, then opened again", deletedUpTo: 40);
            if (syncs < at)
            {
                return;
            }
        }
    }

    [Fact]
    public void Blocks_past_their_time_that_cannot_be_deleted_go_later()
    {
        var files = new SimulatedFileSystem(5);
        using var database = Open(files, withLog: true, options: Options(true) with { MaxBytes = 1 });
        for (var commit = 1; commit <= Commits; commit++)
        {
            Put(database, commit);
        }

        // The blocks come to be, and then their directory cannot be synced any more.
        Work(database, 300, () => database.Blocks.Count > 2);
        Assert.InRange(database.Blocks.Count, 3, int.MaxValue);
        var failing = true;
        files.SyncFails = path => failing && path == Path;
        Work(database, 300, () => database.Work.CompactionsFailed > 3);
        Assert.InRange(database.Work.CompactionsFailed, 4, int.MaxValue);
        Assert.True(files.ListDirectories(Path).Count(static d => d != "wal") > database.Blocks.Count);
        failing = false;
        Work(database, 600);
        Assert.Single(database.Blocks);
        Assert.Single(files.ListDirectories(Path), static d => d != "wal");
        Assert.InRange(StorageReading.All(database)[0].Samples.Count, 12, Commits / 2);
    }

    private static long Used(SimulatedFileSystem files) => new[] { Path, Path + "/wal" }
        .Concat(files.ListDirectories(Path).SelectMany(static d => new[] { $"{Path}/{d}", $"{Path}/{d}/chunks" })).Distinct()
        .Sum(d => files.List(d).Sum(f => (long)files.Bytes($"{d}/{f}").Length));

    private static void AssertMended(SimulatedFileSystem files, Database database, string what, bool failures = true)
    {
        var work = database.Work;
        Assert.True(!failures || work.CompactionsFailed + work.SnapshotsFailed + work.LogFailures > 0, $"{what}: no counter tells: {work}");
        var left = files.ListDirectories(Path).Where(static d => d != "wal").ToList();
        Assert.True(left.TrueForAll(Ulid.IsValid), $"{what}: {string.Join(' ', left)} are left");
        Assert.True(left.Count == database.Blocks.Count && left.Count is > 0 and < 6, $"{what}: {left.Count} directories for {database.Blocks.Count} blocks");
    }
}
