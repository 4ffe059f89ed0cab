using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Runs: pushes with one run id are revisions of one run, which is booked once, when it ends.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task A_run_shows_at_once_and_is_booked_once_when_it_ends()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r", RunState.Running, Gauge("a", 1), Gauge("started", 1));
        rig.Tick();
        await Push(rig, "r", RunState.Unsaid, Gauge("a", 2));
        Assert.Equal(["a{instance=\"\",job=\"j\"} 2"], rig.Lines());
        Assert.Empty(Samples(rig.Pushes));
        Assert.Equal(1, rig.Gateway.Stats().OpenRuns);
        rig.Tick();
        await Push(rig, "r", RunState.Finished, Gauge("a", 3));
        Assert.Equal(
            [
                "{__name__=\"a:pushed\", job=\"j\"} 3 @1795348802000",
                "{__name__=\"push_time_seconds:pushed\", job=\"j\"} 1.795348802e+09 @1795348802000",
            ],
            Samples(rig.Pushes));
        Assert.Equal(0, rig.Gateway.Stats().OpenRuns);
    }

    [Fact]
    public async Task Within_a_run_POST_replaces_by_family_name()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r", RunState.Running, Gauge("a", 1), Gauge("b", 1));
        await rig.Put("job=j", Gauge("c", 9));
        await rig.Gateway.PushAsync(Post("job=j", Gauge("b", 2)) with { Notes = Run("r", RunState.Failed) });
        Assert.Equal(
            ["{__name__=\"a:pushed\", job=\"j\"} 1", "{__name__=\"b:pushed\", job=\"j\"} 2", "{__name__=\"c:pushed\", job=\"j\"} 9"],
            Samples(rig.Pushes, "[abc]:pushed").Select(s => s[..s.IndexOf(" @", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_push_to_an_ended_run_is_409_and_changes_nothing()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r", RunState.Finished, Gauge("a", 1));
        var before = rig.Metrics;
        rig.Tick();
        var outcome = await Push(rig, "r", RunState.Running, Gauge("a", 2));
        Assert.Equal((409, "the run \"r\" of this group has ended"), (outcome.Status, outcome.Error));
        Assert.Equal(before, rig.Metrics);
        Assert.Equal((PushVerdict.Rejected, "r"), (rig.Log.Entries[1].Record.Verdict, rig.Log.Entries[1].Record.Terms!.RunId));
        await using var again = await rig.Restart();
        Assert.Equal(409, (await Push(again, "r", RunState.Finished, Gauge("a", 2))).Status);
        Assert.Equal(200, (await again.Gateway.PushAsync(Put("job=k", Gauge("a", 2)) with { Notes = Run("r", RunState.Finished) })).Status);
    }

    [Fact]
    public async Task Deleting_the_group_ends_its_runs_each_with_a_stamp_of_its_own()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r1", RunState.Running, Gauge("a", 1));
        await Push(rig, "r2", RunState.Running, Gauge("a", 2));
        await rig.Delete("job=j");
        Assert.Equal(
            ["{__name__=\"a:pushed\", job=\"j\"} 1 @1795348800000", "{__name__=\"a:pushed\", job=\"j\"} 2 @1795348800001"],
            Samples(rig.Pushes, "a:pushed"));
        Assert.Equal([PushVerb.Replace, PushVerb.Replace, PushVerb.RunClosed, PushVerb.RunClosed, PushVerb.Delete], rig.Log.Entries.Select(e => e.Record.Verb));
        Assert.Equal("the group was deleted", rig.Log.Entries[3].Record.Reason);
        Assert.Equal(409, (await Push(rig, "r2", RunState.Running, Gauge("a", 2))).Status);
        Assert.Equal(2, rig.Gateway.Stats().RunsAbandoned);
    }

    [Fact]
    public async Task A_wipe_ends_all_runs()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r1", RunState.Running, Gauge("a", 1));
        await rig.Gateway.PushAsync(Put("job=k", Gauge("a", 2)) with { Notes = Run("r1", RunState.Running) });
        await rig.Gateway.WipeAsync();
        Assert.Equal(2, Samples(rig.Pushes, "a:pushed").Count);
        Assert.Equal(0, rig.Gateway.Stats().OpenRuns);
    }

    [Fact]
    public async Task A_run_whose_time_is_over_ends_by_an_entry()
    {
        await using var rig = await Rig.New();
        await Push(rig, "r", RunState.Running, Gauge("a", 1));
        rig.Tick(86_399);
        await Upkeep(rig);
        Assert.Empty(Samples(rig.Pushes));
        rig.Tick(1);
        await Upkeep(rig);
        Assert.Equal(["{__name__=\"a:pushed\", job=\"j\"} 1 @1795435200000"], Samples(rig.Pushes, "a:pushed"));
        var entry = rig.Log.Entries[1].Record;
        Assert.Equal((PushVerb.RunClosed, "the run's time was over", RunState.Abandoned), (entry.Verb, entry.Reason, entry.Terms!.State));
        await using var again = await rig.Restart();
        Assert.Equal(Samples(rig.Pushes), Samples(again.Pushes));
    }

    [Fact]
    public async Task The_next_run_ends_the_one_before_where_that_is_set()
    {
        await using var rig = await Rig.New(new GatewayOptions { Settings = new GatewaySettings { CloseRunOnNext = true } });
        await Push(rig, "r1", RunState.Running, Gauge("a", 1));
        await Push(rig, "r2", RunState.Running, Gauge("a", 2));
        Assert.Equal(["{__name__=\"a:pushed\", job=\"j\"} 1 @1795348800000"], Samples(rig.Pushes, "a:pushed"));
        Assert.Equal(200, (await Push(rig, "r2", RunState.Finished, Gauge("a", 3))).Status);
        Assert.Equal(2, Samples(rig.Pushes, "a:pushed").Count);
    }

    [Fact]
    public async Task A_group_has_a_bounded_number_of_open_runs()
    {
        await using var rig = await Rig.New();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(200, (await Push(rig, $"r{i}", RunState.Running)).Status);
        }

        Assert.Equal(429, (await Push(rig, "more", RunState.Running)).Status);
        Assert.Equal(200, (await Push(rig, "r7", RunState.Running)).Status);
        Assert.Equal(202, (await rig.Delete("job=j")).Status);
        Assert.Equal(1000, Samples(rig.Pushes, "push_time_seconds:pushed").Count);
    }

    [Fact]
    public async Task A_start_on_a_store_that_holds_part_of_the_log_books_the_run_that_is_open_across_it()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=k", Gauge("a", 5));
        await Push(rig, "r", RunState.Running, Gauge("a", 1), Gauge("b", 1));
        await rig.Put("job=k", Gauge("a", 6));
        await rig.Gateway.StopAsync();
        var gateway = new PushGateway(
            rig.Log, rig.Pushes, rig.Pushes, rig.Pushes, rig.Options, rig.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<PushGateway>.Instance);
        await gateway.StartAsync();
        await gateway.PushAsync(Post("job=j", Gauge("b", 2)) with { Notes = Run("r", RunState.Finished) });
        await gateway.StopAsync();
        Assert.Equal(3, Samples(rig.Pushes, "a:pushed").Count);
        Assert.Equal(["{__name__=\"b:pushed\", job=\"j\"} 2 @1795348800000"], Samples(rig.Pushes, "b:pushed"));
    }

    private static PushNotes Run(string id, RunState state) => new() { RunId = id, State = state };

    private static Task<PushOutcome> Push(Rig rig, string id, RunState state, params MetricFamily[] families) =>
        rig.Gateway.PushAsync(Put("job=j", families) with { Notes = Run(id, state) });

    /// <summary>What the loop does; a deletion of nothing waits until it is through.</summary>
    private static async Task Upkeep(Rig rig)
    {
        rig.Gateway.Step(rig.Time.GetUtcNow().ToUnixTimeMilliseconds());
        await rig.Delete("job=nobody");
    }
}
