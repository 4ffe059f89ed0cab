using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Notes;
using Tallygate.Wal.Simulation;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb.Notes;

/// <summary>Which deaths exemplars and metadata survive: all that the samples they came with survive.</summary>
public sealed class NotesRestartTests
{
    private const string Folder = "/data/db";

    private static readonly DatabaseOptions _options =
        DatabaseOptions.Samples with { MaxAhead = null, Retention = null, MaxExemplars = 40, KeepMetadata = true };

    private static Database Open(SimulatedFileSystem files, DatabaseOptions? options = null) =>
        Database.Open(Folder, (options ?? _options) with { Files = files }, new FakeTimeProvider(), NullLogger.Instance);

    private static void Put(Database database, long time)
    {
        using var appender = database.Appender();
        for (var i = 0; i < 3; i++)
        {
            SeriesRef reference = default;
            var labels = Labels.Of("__name__", "m", "i", $"{i}");
            appender.Append(ref reference, labels, time, i);
            var exemplar = new Exemplar(Labels.Of("trace_id", $"{time}"), i, time % 2 == 0 ? time * 1_000_000 : null);
            Assert.Equal(ExemplarStatus.Appended, appender.Exemplars!.Append(reference, labels, exemplar, time));
        }

        appender.Metadata!.Note(new FamilyDescription("m", MetricType.Gauge, $"help {time}", ""));
        appender.Commit();
    }

    private static List<string> Shown(Database database) =>
    [
        .. database.SelectExemplars(long.MinValue, long.MaxValue, [[new LabelMatcher(MatchType.Equal, "__name__", "m")]])
            .SelectMany(static s => s.Exemplars.Select(e => $"{s.Series.Get("i")} {e.Labels.Get("trace_id")} {e.Value} @{e.Time} {e.HasOwnTime}")),
    ];

    private static List<string> Wanted(long last)
    {
        // The ring holds the newest forty; three come with each commit.
        var all = Enumerable.Range(1, (int)last).SelectMany(static t => Enumerable.Range(0, 3).Select(i => (Time: t, Series: i))).TakeLast(40);
        return [.. all.OrderBy(static e => e.Series).ThenBy(static e => e.Time).Select(static e => $"{e.Series} {e.Time} {e.Series} @{e.Time} {e.Time % 2 == 0}")];
    }

    [Fact]
    public void They_survive_the_death_of_the_process_at_any_moment()
    {
        for (var diesAt = 1L; ; diesAt++)
        {
            var files = new SimulatedFileSystem(3) { DiesAt = diesAt };
            var committed = 0L;
            var begun = 0L;
            try
            {
                var database = Open(files);
                while (committed < 24)
                {
                    Put(database, begun = committed + 1);
                    committed++;
                    if (committed % 7 == 0)
                    {
                        database.RequestSnapshot();
                        database.Step(committed * 1000);
                    }
                }

                database.Dispose();
                Assert.InRange(diesAt, 40, long.MaxValue);
                return;
            }
            catch (Exception death) when (death is SimulatedCrashException or IOException)
            {
                files.DiesAt = null;
                files.Restart();
            }

            using var next = Open(files);
            var shown = Shown(next);
            Assert.True(shown.SequenceEqual(Wanted(committed)) || shown.SequenceEqual(Wanted(begun)), $"dead at {diesAt}: {string.Join('\n', shown)}");
            Assert.Contains(
                next.Metadata.Select(static m => m.Help).SingleOrDefault(""),
                (string[])[committed == 0 ? "" : $"help {committed}", begun == 0 ? "" : $"help {begun}"]);
        }
    }

    [Fact]
    public void A_clean_end_keeps_them_and_lives_follow_each_other()
    {
        var files = new SimulatedFileSystem(5);
        for (var life = 0; life < 6; life++)
        {
            using var database = Open(files);
            Assert.Equal(Wanted(life * 5), Shown(database));
            for (var i = 1; i <= 5; i++)
            {
                Put(database, (life * 5) + i);
            }
        }

        // Without the feature they are passed over, and the samples open.
        using (var without = Open(files, _options with { MaxExemplars = null, KeepMetadata = false }))
        {
            Assert.Empty(Shown(without));
            Assert.Null(without.Exemplars);
            using var appender = without.Appender();
            Assert.Null(appender.Exemplars);
            Assert.Null(appender.Metadata);
        }

        using var fewer = Open(files, _options with { MaxExemplars = 4 });
        Assert.Equal(["0 30 0 @30 True", "1 30 1 @30 True", "2 29 2 @29 False", "2 30 2 @30 True"], Shown(fewer));
    }

    [Fact]
    public void A_batch_that_is_rolled_back_leaves_none()
    {
        using var database = Open(new SimulatedFileSystem(1));
        using (var appender = database.Appender())
        {
            SeriesRef reference = default;
            var labels = Labels.Of("__name__", "m");
            appender.Append(ref reference, labels, 1, 1);
            Assert.Equal(ExemplarStatus.Appended, appender.Exemplars!.Append(reference, labels, new Exemplar(Labels.Empty, 1, null), 1));
            Assert.Empty(Shown(database));
        }

        Assert.Empty(Shown(database));
        using var other = database.Appender();
        Assert.Equal(
            ExemplarStatus.UnknownSeries, other.Exemplars!.Append(default, Labels.Of("__name__", "unknown"), new Exemplar(Labels.Empty, 1, null), 1));
    }

    [Fact]
    public void Damage_stops_the_start_with_file_and_offset()
    {
        var files = new SimulatedFileSystem(9);
        using (var database = Open(files))
        {
            Put(database, 1);
        }

        var path = Path.Combine(Folder, NotesFile.Name);
        var length = files.Bytes(path).Length;
        for (var at = 0; at < length; at++)
        {
            files.Flip(path, at, 0x10);
            var damage = Assert.Throws<TsdbCorruptionException>(() => Open(files));
            Assert.Equal(path, damage.File);
            files.Flip(path, at, 0x10);
        }

        // A file of a log that is gone.
        foreach (var name in files.List(Path.Combine(Folder, "wal")))
        {
            files.Delete(Path.Combine(Folder, "wal", name));
        }

        files.Delete(Path.Combine(Folder, "head.snapshot"));
        Assert.Contains("head.notes goes up to record", Assert.Throws<TsdbCorruptionException>(() => Open(files)).Message, StringComparison.Ordinal);
    }
}
