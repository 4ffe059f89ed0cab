using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

public sealed class DatabaseBoundsTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Labels _labels = Labels.Of("__name__", "m");

    private static AppendStatus Put(Database database, Labels labels, long time)
    {
        using var appender = database.Appender();
        SeriesRef reference = default;
        var status = appender.Append(ref reference, labels, time, 1);
        appender.Commit();
        return status;
    }

    [Fact]
    public void Samples_far_ahead_or_past_retention_are_out_of_bounds_but_not_for_pushes()
    {
        var now = _start.ToUnixTimeMilliseconds();
        using var samples = Database.InMemory(DatabaseOptions.Samples, new FakeTimeProvider(_start));
        Assert.Equal(AppendStatus.OutOfBounds, Put(samples, _labels, now + 600_001));
        Assert.Equal(AppendStatus.OutOfBounds, Put(samples, _labels, now - (15L * 86_400_000) - 1));
        Assert.Equal(AppendStatus.Appended, Put(samples, _labels, now - (15L * 86_400_000)));
        Assert.Equal(AppendStatus.Appended, Put(samples, _labels, now + 600_000));
        using var pushes = Database.InMemory(DatabaseOptions.Pushes, new FakeTimeProvider(_start));
        Assert.Equal(AppendStatus.Appended, Put(pushes, _labels, now + 86_400_000));
        Assert.Equal(AppendStatus.Appended, Put(pushes, _labels, 1));
    }

    [Fact]
    public void What_is_past_retention_goes_and_the_rest_stays_over_a_restart_too()
    {
        var time = new FakeTimeProvider(_start);
        var files = new SimulatedFileSystem(1);
        var options = DatabaseOptions.Samples with { Retention = TimeSpan.FromDays(1), Files = files };
        var gone = Labels.Of("__name__", "gone", "only", "here");
        var database = Database.Open("/d", options, time, NullLogger.Instance);
        Put(database, gone, _start.ToUnixTimeMilliseconds());
        database.Snapshot().Dispose();
        for (var hour = 0; hour < 72; hour++)
        {
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(AppendStatus.Appended, Put(database, _labels, time.GetUtcNow().ToUnixTimeMilliseconds()));
                time.Advance(TimeSpan.FromMinutes(15));
            }

            database.Step(time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        void Check()
        {
            var series = Assert.Single(StorageReading.All(database));
            Assert.Equal(_labels, series.Labels);
            // Blocks of two hours go whole, up to three hours are in the head, and time is that of the newest block.
            Assert.InRange(series.Floats.Count, 96, 96 + (5 * 4) + 1);
            using var querier = database.Querier(0, long.MaxValue);
            Assert.Equal(["__name__"], querier.LabelNames([], 0));
            Assert.Equal(["m"], querier.LabelValues("__name__", [], 0));
        }

        Check();
        Assert.Equal(1, database.SeriesCount);
        database.Dispose();
        database = Database.Open("/d", options, time, NullLogger.Instance);
        Check();

        // A series that was dropped may come again, by an old reference too.
        Assert.Equal(AppendStatus.Appended, Put(database, gone, time.GetUtcNow().ToUnixTimeMilliseconds()));
        Assert.Equal(2, StorageReading.All(database).Count);
        database.Dispose();
    }

    [Fact]
    public void A_series_dropped_while_a_batch_holds_it_is_made_anew_at_commit()
    {
        var time = new FakeTimeProvider(_start);
        var files = new SimulatedFileSystem(2);
        var options = DatabaseOptions.Samples with { Retention = TimeSpan.FromHours(1), Files = files };
        var database = Database.Open("/d", options, time, NullLogger.Instance);
        Put(database, _labels, _start.ToUnixTimeMilliseconds());
        time.Advance(TimeSpan.FromHours(2));
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        SeriesRef reference = default;
        using (var appender = database.Appender())
        {
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _labels, now, 5));
            Put(database, Labels.Of("__name__", "other"), now);
            database.Step(now);
            Assert.Equal(1, database.SeriesCount);
            appender.Commit();
            Assert.Equal([(now, 5.0)], StorageReading.All(database).Single(s => s.Labels.Equals(_labels)).Floats);
        }

        using (var appender = database.Appender())
        {
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, _labels, now + 1, 6));
            appender.Commit();
        }

        // No dispose: the log alone tells of both series of these labels.
        files.Restart();
        using var reopened = Database.Open("/d", options, time, NullLogger.Instance);
        Assert.Equal([5.0, 6.0], StorageReading.All(reopened).Single(s => s.Labels.Equals(_labels)).Floats.Select(f => f.Value));
    }

    [Fact]
    public void Bad_options_are_told_all_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => Database.InMemory(
            new DatabaseOptions { MaxAhead = TimeSpan.FromSeconds(-1), Retention = TimeSpan.Zero, SnapshotAfterBytes = 0 }, new FakeTimeProvider()));
        Assert.Contains("MaxAhead", error.Message, StringComparison.Ordinal);
        Assert.Contains("Retention", error.Message, StringComparison.Ordinal);
        Assert.Contains("SnapshotAfterBytes", error.Message, StringComparison.Ordinal);
    }
}
