using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Testing;
using Tallygate.Tests.Wal;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.PushLog;

/// <summary>The contract on the real disk; and what only a disk can do to a log.</summary>
public sealed class EmbeddedPushLogTests : PushLogContract, IDisposable
{
    private static readonly string First = Path.Combine("/log", SegmentName.Of(1));

    private readonly DiskFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override IPushLog Create() => EmbeddedPushLog.Open(Path.Combine(_folder.Path, "a", "push-log"));

    [Fact]
    public async Task What_was_appended_is_there_after_reopening()
    {
        var records = Enumerable.Range(0, 500).Select(n => Records.Push(n)).ToArray();
        await using (var log = EmbeddedPushLog.Open(_folder.Path, new EmbeddedPushLogOptions { SegmentBytes = 10_000 }))
        {
            foreach (var batch in records.Chunk(7))
            {
                Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(log.Head, batch, default));
            }
        }

        await using var again = EmbeddedPushLog.Open(_folder.Path);
        Assert.Equal(new LogPosition(1), again.First);
        Assert.Equal(records.Select(Records.Bytes), (await Records.ReadAll(again)).Select(e => Records.Bytes(e.Record)));
        Assert.Equal(AppendResult.Appended, await again.TryAppendAsync(new LogPosition(500), [Records.Push(1)], default));
    }

    [Fact]
    public async Task A_directory_is_for_one_process()
    {
        await using (EmbeddedPushLog.Open(_folder.Path))
        {
            var error = Assert.Throws<IOException>(() => EmbeddedPushLog.Open(_folder.Path));
            Assert.Contains(_folder.Path, error.Message);
            Assert.Contains("another tallygate may be running", error.Message);
        }

        await EmbeddedPushLog.Open(_folder.Path).DisposeAsync();
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_named()
    {
        var files = new SimulatedFileSystem(1) { ReadOnly = true };
        Assert.Contains("/log", Assert.Throws<IOException>(() => EmbeddedPushLog.Open("/log", files: files)).Message);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_synced_is_refused_and_stays_away_and_the_log_goes_on()
    {
        var files = new SimulatedFileSystem(1);
        await using (var log = EmbeddedPushLog.Open("/log", files: files))
        {
            await log.TryAppendAsync(LogPosition.None, [Records.Push(1)], default);
            files.SyncFails = path => path == First;
            await Assert.ThrowsAsync<IOException>(async () => await log.TryAppendAsync(new LogPosition(1), [Records.Push(99)], default));
            Assert.Equal(new LogPosition(1), log.Head);
            Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(new LogPosition(1), [Records.Push(2)], default));
            Assert.Equal(2, (await Records.ReadAll(log)).Count);
        }

        files.SyncFails = null;
        await using var again = EmbeddedPushLog.Open("/log", files: files);
        Assert.Equal([1_700_000_000_001, 1_700_000_000_002], (await Records.ReadAll(again)).Select(e => e.Record.Stamp));
    }

    [Fact]
    public async Task A_batch_upon_one_that_failed_is_told_that_the_head_is_another()
    {
        var files = new SimulatedFileSystem(1);
        await using var log = EmbeddedPushLog.Open("/log", files: files);
        Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(LogPosition.None, [Records.Push(1), Records.Push(2)], default));
        files.SyncFails = path => path == First;
        await Assert.ThrowsAsync<IOException>(async () => await log.TryAppendAsync(new LogPosition(2), [Records.Push(3)], default));
        Assert.Equal(AppendResult.HeadMoved, await log.TryAppendAsync(new LogPosition(3), [Records.Push(4)], default));
        Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(new LogPosition(2), [Records.Push(5)], default));
        Assert.Equal(new LogPosition(3), log.Head);
        files.SyncFails = null;
    }

    [Fact]
    public async Task After_a_second_of_quiet_the_last_batch_cannot_be_taken_for_unfinished()
    {
        var files = new SimulatedFileSystem(1);
        var log = EmbeddedPushLog.Open("/log", new EmbeddedPushLogOptions(), files: files);
        await log.TryAppendAsync(LogPosition.None, [Records.Push(1)], default);
        var unsealed = files.Bytes(First).Length;
        Assert.Equal(1000, log.Step(0));
        Assert.Equal(unsealed, files.Bytes(First).Length);
        log.Step(1000);
        Assert.Equal(unsealed + 32, files.Bytes(First).Length);
        log.Step(5000);
        Assert.Equal(unsealed + 32, files.Bytes(First).Length);

        files.Restart();
        files.Flip(First, unsealed - 3, 4);
        var error = Assert.Throws<WalCorruptionException>(() => EmbeddedPushLog.Open("/log", files: files));
        Assert.Equal((First, 64L), (error.File, error.Offset));
    }

    [Fact]
    public async Task A_log_whose_beginning_is_missing_is_refused()
    {
        var files = new SimulatedFileSystem(1);
        await using (var log = EmbeddedPushLog.Open("/log", new EmbeddedPushLogOptions { SegmentBytes = 100 }, files: files))
        {
            await log.TryAppendAsync(log.Head, [Records.Push(1)], default);
            await log.TryAppendAsync(log.Head, [Records.Push(2)], default);
        }

        files.Delete(First);
        Assert.Contains("older segments are missing", Assert.Throws<WalCorruptionException>(() => EmbeddedPushLog.Open("/log", files: files)).Message);
    }

    [Fact]
    public async Task Whatever_dies_no_acknowledged_push_is_lost_and_no_batch_is_torn()
    {
        var options = new EmbeddedPushLogOptions { SegmentBytes = 5000 };
        for (var round = 0; round < Soak.Rounds(full: 3000, reduced: 100); round++)
        {
            var random = new Random(round);
            var files = new SimulatedFileSystem(round);
            var stamps = new List<long>();
            for (var life = 0; life < 5; life++)
            {
                long[] underWay = [];
                files.DiesAt = random.Next(100);
                try
                {
                    await using var log = EmbeddedPushLog.Open("/log", options, files: files);
                    for (var i = 0; i < 50; i++)
                    {
                        var batch = Enumerable.Range(stamps.Count, random.Next(1, 5)).Select(n => Records.Push(n, random.Next(1, 8))).ToArray();
                        underWay = [.. batch.Select(r => r.Stamp)];
                        Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(log.Head, batch, default));
                        stamps.AddRange(underWay);
                        underWay = [];
                    }
                }
                catch (SimulatedCrashException)
                {
                }

                if (random.Next(2) == 0)
                {
                    files.Restart();
                }
                else
                {
                    files.PowerLoss();
                }

                await using var again = EmbeddedPushLog.Open("/log", options, files: files);
                var found = (await Records.ReadAll(again)).Select(e => e.Record.Stamp).ToList();
                Assert.True(found.SequenceEqual(stamps) || found.SequenceEqual(stamps.Concat(underWay)), $"round {round}, life {life}");
                stamps = found;
            }
        }
    }
}
