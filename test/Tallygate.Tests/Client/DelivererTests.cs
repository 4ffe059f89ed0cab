using Microsoft.Extensions.Time.Testing;
using Tallygate.Client;
using Tallygate.Client.Spool;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Client;

/// <summary>Everything goes out in order, with its key and time, and what is not confirmed stays.</summary>
public sealed class DelivererTests : IDisposable
{
    private readonly RecordingServer _server = new();
    private readonly SimulatedFileSystem _disk = new(1);
    private readonly PushSpool _spool;
    private readonly PushSender _sender = new(new PushSenderOptions { User = ("me", "secret") }, TimeProvider.System);

    public DelivererTests() => _spool = new PushSpool("/spool", _disk);

    private Deliverer Deliverer => new(_spool, _sender, TimeProvider.System);

    public void Dispose()
    {
        _sender.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task The_first_attempt_has_the_servers_time_and_each_later_one_its_own()
    {
        var fresh = Add(1_500_000_001);
        _server.Answer = static _ => (503, "soon");
        var report = await Deliver(fresh);
        Assert.Equal((SendOutcome.Unreachable, "503 Service Unavailable: soon"), (report.Of(fresh)!.Value.Outcome, report.Of(fresh)!.Value.Reason));
        Assert.Equal(1, report.Waiting);

        _server.Answer = static _ => (200, "");
        Assert.Equal(1, (await Deliver(null)).Delivered);
        Assert.Equal([null, "1.500000001"], _server.Seen.Select(s => s.Time));
        Assert.All(_server.Seen, s => Assert.Equal(("PUT", "/metrics/job/j", "k1500000001", "Basic bWU6c2VjcmV0"), (s.Method, s.Path, s.Key, s.User)));
        Assert.Empty(_spool.Names());
    }

    [Fact]
    public async Task A_push_of_a_newer_program_stays_for_it_and_is_told()
    {
        var fresh = Add(2);
        const string Newer = "/spool/00000000000000000001-a.push";
        var bytes = System.Text.Encoding.ASCII.GetBytes($"tallygate push 2 {new string('0', 64)}\nwhatever\n");
        _disk.Put(Newer, bytes);
        _server.Answer = static _ => (200, "");
        var report = await Deliver(null);
        Assert.Equal((1, 1), (report.Delivered, report.Waiting));
        Assert.StartsWith($"{Newer} was written by a newer Tallygate (version 2); this one reads up to 1.", Assert.Single(report.Damaged), StringComparison.Ordinal);
        Assert.Equal(bytes, _disk.Bytes(Newer));
        Assert.NotNull(report.Of(fresh));
    }

    [Fact]
    public async Task One_that_does_not_get_through_holds_back_the_younger_ones_of_its_server_only()
    {
        using var other = new RecordingServer();
        Add(1);
        Add(2);
        _spool.Add(PushSpoolTests.Push(3, other.Address));
        _server.Answer = static key => (key == "k1" ? 500 : 200, "");
        var report = await Deliver(null);
        Assert.Equal((1, 2), (report.Delivered, report.Waiting));
        Assert.Equal(["k1"], _server.Seen.Select(s => s.Key));
        Assert.Equal(["k3"], other.Seen.Select(s => s.Key));

        _server.Answer = static _ => (200, "");
        Assert.Equal(0, (await Deliver(null)).Waiting);
        Assert.Equal(["k1", "k1", "k2"], _server.Seen.Select(s => s.Key));
    }

    [Fact]
    public async Task A_refused_one_is_set_aside_with_the_reason_and_the_rest_goes_on()
    {
        Add(1);
        Add(2);
        _server.Answer = static key => key == "k1" ? (409, "the run is closed") : (200, "");
        var report = await Deliver(null);
        Assert.Equal((1, 0), (report.Delivered, report.Waiting));
        Assert.Empty(_spool.Names());
        Assert.Single(new PushSpool("/spool/refused", _disk).Names());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    public async Task What_may_be_different_tomorrow_is_sent_again(int status)
    {
        Add(1);
        _server.Answer = _ => (status, "");
        Assert.Equal(1, (await Deliver(null)).Waiting);
        Assert.Single(_spool.Names());
    }

    [Fact]
    public async Task Pauses_grow_to_a_minute_and_end_when_the_server_is_back()
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        Add(1);
        var attempts = new List<double>();
        var running = new Deliverer(_spool, _sender, time).DeliverAllAsync(
            TimeSpan.FromHours(2),
            _ =>
            {
                lock (attempts)
                {
                    attempts.Add((time.GetUtcNow() - start).TotalSeconds);
                }
            },
            TestContext.Current.CancellationToken);
        _server.Answer = _ => (time.GetUtcNow() - start > TimeSpan.FromHours(1) ? 200 : 503, "");
        while (!running.IsCompleted)
        {
            await Task.Delay(2, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, (await running).Waiting);
        Assert.InRange(attempts[^1], 3600, 3700);
        Assert.InRange(attempts.Count, 10, 75);
    }

    private SpoolEntry Add(long time) => _spool.Add(PushSpoolTests.Push(time, _server.Address));

    private Task<DeliveryReport> Deliver(SpoolEntry? fresh) =>
        Deliverer.DeliverAsync(fresh, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
}
