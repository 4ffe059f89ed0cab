using Tallygate.PushLog;

namespace Tallygate.Tests.PushLog;

/// <summary>What <see cref="IPushLog"/> promises, sentence by sentence. Every implementation runs it.</summary>
public abstract class PushLogContract
{
    protected abstract IPushLog Create();

    [Fact]
    public async Task A_new_log_is_empty()
    {
        await using var log = Create();
        Assert.Equal(LogPosition.None, log.Head);
        Assert.Empty(await Records.ReadAll(log));
    }

    [Fact]
    public async Task Positions_are_dense_from_1()
    {
        await using var log = Create();
        for (var i = 0; i < 20; i++)
        {
            var batch = Enumerable.Range(i * 10, (i % 4) + 1).Select(n => Records.Push(n)).ToArray();
            var head = log.Head;
            Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(head, batch, default));
            Assert.Equal(head.Value + batch.Length, log.Head.Value);
        }

        var read = await Records.ReadAll(log);
        Assert.Equal(log.Head.Value, read.Count);
        Assert.Equal(Enumerable.Range(1, read.Count).Select(n => new LogPosition(n)), read.Select(e => e.Position));
    }

    [Fact]
    public async Task A_batch_with_another_head_is_not_taken_at_all()
    {
        await using var log = Create();
        await log.TryAppendAsync(LogPosition.None, [Records.Push(1), Records.Push(2)], default);
        Assert.Equal(AppendResult.HeadMoved, await log.TryAppendAsync(LogPosition.None, [Records.Push(3)], default));
        Assert.Equal(AppendResult.HeadMoved, await log.TryAppendAsync(new LogPosition(1), [Records.Push(3)], default));
        Assert.Equal(AppendResult.HeadMoved, await log.TryAppendAsync(new LogPosition(3), [Records.Push(3)], default));
        Assert.Equal(new LogPosition(2), log.Head);
        Assert.Equal(2, (await Records.ReadAll(log)).Count);
        Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(new LogPosition(2), [Records.Push(3)], default));
    }

    [Fact]
    public async Task An_empty_batch_changes_nothing()
    {
        await using var log = Create();
        Assert.Equal(AppendResult.Appended, await log.TryAppendAsync(LogPosition.None, [], default));
        Assert.Equal(AppendResult.HeadMoved, await log.TryAppendAsync(new LogPosition(1), [], default));
        Assert.Equal(LogPosition.None, log.Head);
    }

    [Fact]
    public async Task Every_field_of_every_kind_of_entry_comes_back_and_never_changes()
    {
        await using var log = Create();
        var records = Records.All(Records.Push(1, metrics: 3));
        await log.TryAppendAsync(LogPosition.None, records, default);
        var first = await Records.ReadAll(log);
        await log.TryAppendAsync(log.Head, [Records.Push(9)], default);
        var second = await Records.ReadAll(log);
        Assert.Equal(records.Select(Records.Bytes), first.Select(e => Records.Bytes(e.Record)));
        Assert.Equal(records.Select(Records.Bytes), second.Take(records.Length).Select(e => Records.Bytes(e.Record)));
        Assert.Equal(records[1].Reason, second[1].Record.Reason);
        Assert.Equal(records[1].GroupingKey, second[1].Record.GroupingKey);
        Assert.Equal("", second[4].Record.Reason);
        Assert.Null(second[0].Record.Reason);
    }

    [Fact]
    public async Task Reading_begins_behind_a_position_and_goes_over_many_batches()
    {
        await using var log = Create();
        await log.TryAppendAsync(log.Head, [.. Enumerable.Range(1, 3000).Select(n => Records.Push(n))], default);
        for (var i = 3001; i <= 3050; i++)
        {
            await log.TryAppendAsync(log.Head, [Records.Push(i)], default);
        }

        foreach (var after in new long[] { 0, 1, 1023, 1024, 2999, 3000, 3001, 3049 })
        {
            var read = await Records.ReadAll(log, new LogPosition(after));
            Assert.Equal(3050 - after, read.Count);
            Assert.Equal(after + 1, read[0].Position.Value);
            Assert.All(read, e => Assert.Equal(1_700_000_000_000 + e.Position.Value, e.Record.Stamp));
        }

        Assert.Empty(await Records.ReadAll(log, log.Head));
        Assert.Empty(await Records.ReadAll(log, new LogPosition(9999)));
    }

    [Fact]
    public async Task Reading_ends_at_the_head_at_the_time_of_the_call()
    {
        await using var log = Create();
        await log.TryAppendAsync(log.Head, [Records.Push(1)], default);
        var reading = log.ReadAsync(LogPosition.None, default);
        await log.TryAppendAsync(log.Head, [Records.Push(2)], default);
        var read = new List<PushLogEntry>();
        await foreach (var batch in reading)
        {
            read.AddRange(batch);
        }

        Assert.Single(read);
    }

    [Fact]
    public async Task Readers_beside_an_appender_see_prefixes()
    {
        await using var log = Create();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var seen = 0;
            while (!done.IsCancellationRequested)
            {
                var head = log.Head;
                var read = await Records.ReadAll(log);
                Assert.True(read.Count >= head.Value && read.Count >= seen);
                Assert.All(read.Index(), e => Assert.Equal(e.Index + 1, e.Item.Position.Value));
                seen = read.Count;
            }
        })).ToArray();
        for (var i = 0; i < 200; i++)
        {
            await log.TryAppendAsync(log.Head, [Records.Push(i), Records.Push(i)], default);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Waiting_ends_when_the_head_is_behind_the_position()
    {
        await using var log = Create();
        var first = log.WaitForAppendAsync(LogPosition.None, default).AsTask();
        var third = log.WaitForAppendAsync(new LogPosition(2), default).AsTask();
        Assert.False(first.IsCompleted);
        await log.TryAppendAsync(log.Head, [Records.Push(1), Records.Push(2)], default);
        await first;
        Assert.False(third.IsCompleted);
        await log.TryAppendAsync(log.Head, [Records.Push(3)], default);
        await third;
        await log.WaitForAppendAsync(new LogPosition(1), default);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled_and_ends_with_the_log()
    {
        var log = Create();
        using var cancel = new CancellationTokenSource();
        var cancelled = log.WaitForAppendAsync(LogPosition.None, cancel.Token).AsTask();
        var waiting = log.WaitForAppendAsync(LogPosition.None, default).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
    }

    [Fact]
    public async Task A_cancelled_append_is_not_begun_and_a_closed_log_takes_none()
    {
        var log = Create();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await log.TryAppendAsync(LogPosition.None, [Records.Push(1)], new CancellationToken(canceled: true)));
        Assert.Equal(LogPosition.None, log.Head);
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.TryAppendAsync(LogPosition.None, [Records.Push(1)], default));
    }
}
