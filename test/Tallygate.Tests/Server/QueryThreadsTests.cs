using Tallygate.Server.PrometheusApi;

namespace Tallygate.Tests.Server;

public sealed class QueryThreadsTests
{
    [Fact]
    public async Task Results_and_failures_come_back_and_a_thread_serves_again()
    {
        var threads = new QueryThreads();
        var first = await threads.RunAsync(() => Environment.CurrentManagedThreadId);
        Assert.NotEqual(Environment.CurrentManagedThreadId, first);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => threads.RunAsync<int>(() => throw new InvalidOperationException("so")));
        Assert.Equal("so", failure.Message);
        var used = new HashSet<int> { first };
        for (var i = 0; i < 50; i++)
        {
            used.Add(await threads.RunAsync(() => Environment.CurrentManagedThreadId));
        }

        // One that has just answered may not be waiting yet when the next work comes.
        Assert.InRange(used.Count, 1, 10);
    }

    [Fact]
    public async Task Many_run_at_once()
    {
        var threads = new QueryThreads();
        using var all = new CountdownEvent(12);
        var runs = Enumerable.Range(0, 12).Select(i => threads.RunAsync(() =>
        {
            all.Signal();

            // Each waits for all others.
            all.Wait(TestContext.Current.CancellationToken);
            return i;
        })).ToList();
        Assert.Equal(Enumerable.Range(0, 12), await Task.WhenAll(runs));
    }

    [Fact]
    public async Task Memory_of_large_queries_goes_back_when_all_is_quiet()
    {
        var threads = new QueryThreads();
        using var ends = new ManualResetEventSlim();
        var running = threads.RunAsync(() =>
        {
            ends.Wait(TestContext.Current.CancellationToken);
            return 0;
        });
        await threads.RunAsync(() => 1);
        threads.LetGoOfMuch();
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        Assert.Equal(0, threads.Returns);
        ends.Set();
        await running;
        while (threads.Returns == 0)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, threads.Returns);
    }
}
