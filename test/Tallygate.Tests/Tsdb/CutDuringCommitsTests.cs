using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>Commits go on while the head is written into blocks: the blocks hold what stood when the head was cut, all of it and no more.</summary>
public sealed class CutDuringCommitsTests
{
    private const string Path = "/data/db";
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const int Series = 5;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Nothing_is_lost_or_doubled(bool late, bool asCopy)
    {
        var files = new WatchedFileSystem(new SimulatedFileSystem(5));
        var options = (late ? DatabaseOptions.Pushes : DatabaseOptions.Samples) with { MaxAhead = null, Retention = null, Files = files };
        var twin = new InMemoryStorage(allowOutOfOrder: late);
        using var database = Database.Open(Path, options, new FakeTimeProvider(), NullLogger.Instance);
        var now = 1_000 * Hour;
        var position = 0L;

        void Commit()
        {
            now += Minute;
            position++;
            foreach (var store in new IAppendableStorage[] { twin, database })
            {
                using var appender = store.Appender();
                for (var i = 0; i < Series; i++)
                {
                    SeriesRef reference = default;
                    var time = late && position % 5 == 0 ? now - (position * 7 % 400 * Minute) - 13 : now;
                    appender.Append(ref reference, Labels.Of("__name__", "m", "i", $"{i}"), time, position);
                }

                appender.Commit(position);
            }
        }

        for (var i = 0; i < 60 * 7; i++)
        {
            Commit();
        }

        var watched = 0;
        files.Creating = path =>
        {
            if (!path.Contains("wal", StringComparison.Ordinal) && !path.Contains("snapshot", StringComparison.Ordinal))
            {
                watched++;
                Commit();
                Commit();
                Commit();
            }
        };
        if (asCopy)
        {
            // Commits that come while a copy is made are not in it.
            var truth = StorageReading.All(twin);
            database.CopyTo("/data/copy", withHead: true);
            files.Creating = null;
            Assert.True(watched > 0, "no file was written while commits came");
            using var copy = Database.Open("/data/copy", options, new FakeTimeProvider(), NullLogger.Instance);
            AssertSame(truth, StorageReading.All(copy));
        }
        else
        {
            for (var i = 0; i < 200; i++)
            {
                database.Step(now + i);
            }

            files.Creating = null;
            Assert.True(watched > 0, "no file was written while commits came");
            Assert.NotEmpty(database.Blocks);
            AssertSame(StorageReading.All(twin), StorageReading.All(database));
        }
    }

    private static void AssertSame(List<StorageReading.Series> wanted, List<StorageReading.Series> found)
    {
        Assert.Equal(wanted.Select(static s => s.Labels), found.Select(static s => s.Labels));
        foreach (var (want, have) in wanted.Zip(found))
        {
            Assert.Equal(want.Floats, have.Floats);
        }
    }
}
