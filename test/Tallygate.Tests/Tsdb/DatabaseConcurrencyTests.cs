using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb;

/// <summary>Writers and readers at once.</summary>
public sealed class DatabaseConcurrencyTests
{
    private const int Series = 40;
    private const int Commits = 1500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readers_see_whole_commits_in_order_and_snapshots_stand_still(bool late)
    {
        using var database = Database.InMemory(
            new DatabaseOptions { AllowOutOfOrder = late, MaxAhead = null, Retention = null }, new FakeTimeProvider());
        var done = false;
        var failures = new List<string>();
        var readers = Enumerable.Range(0, 2).Select(i => new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref done))
                {
                    using var snapshot = database.Snapshot();
                    var first = Check(snapshot);
                    Thread.Yield();
                    var second = Check(snapshot);
                    Assert.Equal(first, second);
                }
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e.ToString());
                }
            }
        })).ToList();
        readers.ForEach(r => r.Start());
        var references = new SeriesRef[Series];
        var labels = Enumerable.Range(0, Series).Select(i => Labels.Of("__name__", "m", "i", $"{i}")).ToArray();
        for (var commit = 1; commit <= Commits; commit++)
        {
            using var appender = database.Appender();
            for (var i = 0; i < Series; i++)
            {
                // Every series gets one sample in each commit, or a late one: all have the same number at any moment.
                var time = late && commit % 3 == 0 ? -commit : commit * 1000L;
                appender.Append(ref references[i], labels[i], time, commit);
            }

            appender.Commit();
            if (commit % 400 == 0)
            {
                database.Step(commit);
            }
        }

        Volatile.Write(ref done, true);
        readers.ForEach(r => r.Join());
        Assert.Empty(failures);
        Assert.Equal(Commits, Check(database));
    }

    [Fact]
    public void Several_writers_lose_nothing()
    {
        using var database = Database.InMemory(new DatabaseOptions { MaxAhead = null, Retention = null }, new FakeTimeProvider());
        var writers = Enumerable.Range(0, 4).Select(w => new Thread(() =>
        {
            for (var t = 1; t <= 300; t++)
            {
                using var appender = database.Appender();
                for (var i = 0; i < 10; i++)
                {
                    SeriesRef reference = default;
                    appender.Append(ref reference, Labels.Of("w", $"{w}", "i", $"{i}"), t, t);
                }

                appender.Commit();
            }
        })).ToList();
        writers.ForEach(w => w.Start());
        writers.ForEach(w => w.Join());
        var all = StorageReading.All(database);
        Assert.Equal(40, all.Count);
        Assert.All(all, s => Assert.Equal(300, s.Floats.Count));
    }

    // How many samples each series has: the same for all, and their values are the commits 1 to that number.
    private static int Check(IQueryableStorage storage)
    {
        var all = StorageReading.All(storage);
        if (all.Count == 0)
        {
            return 0;
        }

        var count = all[0].Floats.Count;
        Assert.Equal(Series, all.Count);
        foreach (var series in all)
        {
            Assert.Equal(count, series.Floats.Count);
            Assert.Equal(count * (count + 1.0) / 2, series.Floats.Sum(f => f.Value));
        }

        return count;
    }
}
