using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Many pushes in one commit, pushes series by series, and what a plain push drops.</summary>
public sealed class BatchTests
{
    private static readonly PushNotes BySeries = new() { BySeries = true };

    [Fact]
    public async Task A_batch_is_booked_whole_and_later_parts_see_earlier_ones()
    {
        var rig = await Rig.New();
        await rig.Put("job=old", Gauge("a", 1));
        var outcome = await rig.Gateway.PushAsync(
            [Put("job=j", Gauge("a", 1), Gauge("b", 2)), Post("job=j", Gauge("b", 3)), Delete("job=old"), Put("job=k", Gauge("a", 4)), Delete("job=nobody")]);
        Assert.Equal((200, -1), (outcome.Whole.Status, outcome.Refused));
        Assert.Equal([200, 200, 202, 200, 202], outcome.Items.Select(i => i.Status));
        Assert.Equal(["a{instance=\"\",job=\"j\"} 1", "a{instance=\"\",job=\"k\"} 4", "b{instance=\"\",job=\"j\"} 3"], rig.Lines());
        Assert.Equal(["2", "3"], Samples(rig.Pushes, "b:pushed").Select(s => s.Split(' ')[^2]));
        Assert.Equal(2, rig.Log.Asked);
        var again = await rig.Restart();
        Assert.Equal(rig.Metrics, again.Metrics);
        Assert.Equal(Samples(rig.Pushes), Samples(again.Pushes));
        await again.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_with_one_bad_part_leaves_nothing_but_that_its_group_failed()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1), Gauge("b", 2));
        var lines = rig.Lines();
        rig.Tick();
        var outcome = await rig.Gateway.PushAsync(
        [
            Put("job=j", Gauge("c", 1, "x=1")), Put("job=new", Gauge("d", 1)) with { Notes = new PushNotes { IdempotencyKey = "k", RunId = "r" } }, Delete("job=j"),
            Put("job=bad", Family("d", MetricType.Counter, ("", 1))), Put("job=later", Gauge("e", 1)),
        ]);
        Assert.Equal((400, 3), (outcome.Whole.Status, outcome.Refused));
        Assert.Contains("is not a GAUGE", outcome.Whole.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Items);
        Assert.Equal(lines, rig.Lines());
        Assert.Equal(["{job=\"bad\"}", "{job=\"j\"}"], rig.Gateway.Groups.Sorted().Select(g => g.Key.ToString()));
        Assert.Equal([PushVerdict.Accepted, PushVerdict.Rejected], rig.Log.Entries.Select(e => e.Record.Verdict));

        // All that was staged is free again: names, series, keys, runs.
        rig.Tick();
        Assert.Equal(200, (await rig.Put("job=j,x=1", Family("c", MetricType.Counter, ("", 1)))).Status);
        Assert.Equal(200, (await rig.Put("job=bad", Family("d", MetricType.Counter, ("", 1)))).Status);
        var push = await rig.Gateway.PushAsync(Put("job=new", Gauge("e", 1)) with { Notes = new PushNotes { IdempotencyKey = "k", RunId = "r", State = RunState.Finished } });
        Assert.Equal((200, false), (push.Status, push.Replayed));
        Assert.Equal(0, rig.Gateway.Stats().OpenRuns);
        Assert.Equal(200, (await rig.Post("job=j", Gauge("a", 5))).Status);
    }

    [Fact]
    public async Task A_duplicate_within_a_batch_counts_once_and_the_batch_can_be_sent_again()
    {
        await using var rig = await Rig.New();
        PushRequest[] batch = [Keyed("k1", 1), Keyed("k1", 1), Keyed("k2", 2)];
        var outcome = await rig.Gateway.PushAsync(batch);
        Assert.Equal([false, true, false], outcome.Items.Select(i => i.Replayed));
        outcome = await rig.Gateway.PushAsync(batch);
        Assert.Equal([true, true, true], outcome.Items.Select(i => i.Replayed));
        Assert.Equal(2, Samples(rig.Pushes, "a:pushed").Count);
        outcome = await rig.Gateway.PushAsync([Keyed("k3", 3), Keyed("k1", 4)]);
        Assert.Equal((422, 1), (outcome.Whole.Status, outcome.Refused));
        Assert.Equal(2, Samples(rig.Pushes, "a:pushed").Count);

        static PushRequest Keyed(string key, double value) => Put("job=j", Gauge("a", value)) with { Notes = new PushNotes { IdempotencyKey = key } };
    }

    [Fact]
    public async Task Late_parts_of_one_group_and_time_each_have_a_millisecond()
    {
        await using var rig = await Rig.New();
        var time = Rig.Start.AddDays(-1).ToUnixTimeMilliseconds() * 1_000_000;
        var late = Put("job=j", Gauge("a", 1)) with { Notes = new PushNotes { PushTimeUnixNano = time } };
        Assert.True((await rig.Gateway.PushAsync([late, late, late])).Whole.IsSuccess);
        Assert.True((await rig.Gateway.PushAsync([late, late])).Whole.IsSuccess);
        Assert.Equal(5, Samples(rig.Pushes, "a:pushed").Count);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_made_durable_leaves_nothing()
    {
        await using var rig = await Rig.New();
        rig.Log.Failures = 1;
        var outcome = await rig.Gateway.PushAsync([Put("job=j", Gauge("a", 1)), Put("job=k", Gauge("a", 1))]);
        Assert.Equal((503, -1), (outcome.Whole.Status, outcome.Refused));
        Assert.Equal(0, rig.Gateway.Groups.Count);
        Assert.Empty(Samples(rig.Pushes));
        Assert.True((await rig.Gateway.PushAsync([Put("job=k", Family("a", MetricType.Counter, ("", 1)))])).Whole.IsSuccess);
    }

    [Fact]
    public async Task A_merge_by_series_replaces_single_series_and_books_only_what_was_pushed()
    {
        var rig = await Rig.New();
        await rig.Put("job=j", Family("a", MetricType.Gauge, ("x=1", 1), ("x=2", 2)).Help("Old."), Histogram("h", "x=1", 1, (1, 1)));
        rig.Tick();
        var outcome = await rig.Gateway.PushAsync(
            Post("job=j", Family("a", MetricType.Gauge, ("x=2", 5), ("x=3", 6)), Histogram("h", "x=2", 2, (1, 2))) with { Notes = BySeries });
        Assert.Equal((200, null), (outcome.Status, outcome.Dropped));
        Assert.Equal(
            [
                "a{instance=\"\",job=\"j\",x=\"1\"} 1", "a{instance=\"\",job=\"j\",x=\"2\"} 5", "a{instance=\"\",job=\"j\",x=\"3\"} 6",
                "h_bucket{instance=\"\",job=\"j\",x=\"1\",le=\"1\"} 1", "h_bucket{instance=\"\",job=\"j\",x=\"1\",le=\"+Inf\"} 1",
                "h_sum{instance=\"\",job=\"j\",x=\"1\"} 1", "h_count{instance=\"\",job=\"j\",x=\"1\"} 1",
                "h_bucket{instance=\"\",job=\"j\",x=\"2\",le=\"1\"} 2", "h_bucket{instance=\"\",job=\"j\",x=\"2\",le=\"+Inf\"} 2",
                "h_sum{instance=\"\",job=\"j\",x=\"2\"} 2", "h_count{instance=\"\",job=\"j\",x=\"2\"} 2",
            ],
            rig.Lines());
        Assert.Contains("# HELP a Old.\n", rig.Metrics, StringComparison.Ordinal);
        Assert.Equal(4, Samples(rig.Pushes, "a:pushed").Count);

        // The old family stays, so another type does not fit; a plain POST replaces it all the same.
        Assert.Equal(400, (await rig.Gateway.PushAsync(Post("job=j", Family("a", MetricType.Counter, ("x=9", 5))) with { Notes = BySeries })).Status);
        Assert.Equal(400, (await rig.Put("job=j,x=1", Gauge("a", 1))).Status);
        var again = await rig.Restart();
        Assert.Equal(rig.Metrics, again.Metrics);
        Assert.Equal(400, (await again.Put("job=j,x=1", Gauge("a", 1))).Status);
        Assert.Equal(200, (await again.Post("job=j", Family("a", MetricType.Counter, ("x=9", 5)))).Status);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task What_a_plain_push_drops_is_named()
    {
        await using var rig = await Rig.New();
        Assert.Null((await rig.Put("job=j,g=ü", Family("a", MetricType.Gauge, ("x=1", 1), ("x=2", 2)), Gauge("b", 1), Gauge("c", 1))).Dropped);
        rig.Tick();
        Assert.Null((await rig.Put("job=j,g=ü", Family("a", MetricType.Gauge, ("x=2", 1), ("x=1", 2)), Gauge("b", 1), Gauge("c", 1))).Dropped);
        rig.Tick();
        Assert.Equal(new DroppedSeries(1, "a{x=\"1\"}"), (await rig.Post("job=j,g=ü", Family("a", MetricType.Gauge, ("x=2", 1), ("x=ü%", 2)))).Dropped);
        rig.Tick();
        Assert.Equal(new DroppedSeries(3, "a{x=\"2\"}, a{x=\"%C3%BC%25\"}, c"), (await rig.Put("job=j,g=ü", Gauge("b", 1))).Dropped);
        rig.Tick();
        await rig.Put("job=j,g=ü", Family("m", MetricType.Gauge, [.. Enumerable.Range(0, 1000).Select(i => ($"x={i}", 1.0))]));
        rig.Tick();
        var many = (await rig.Put("job=j,g=ü")).Dropped!;
        Assert.Equal(1000, many.Count);
        Assert.InRange(many.Names.Length, 2000, 2100);
        Assert.EndsWith(", ...", many.Names, StringComparison.Ordinal);
    }

    private static PushRequest Delete(string group) => new(PushVerb.Delete, Read(group), []);
}
