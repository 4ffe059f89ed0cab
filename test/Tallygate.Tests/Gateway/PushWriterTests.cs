using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

public sealed class PushWriterTests
{
    [Fact]
    public async Task Pushes_that_wait_share_one_append_and_each_sees_the_one_before()
    {
        await using var rig = await Rig.New();
        var gate = new TaskCompletionSource();
        rig.Log.Gate = gate.Task;
        var first = rig.Put("job=j", Gauge("a", 1));
        var others = Enumerable.Range(0, 50).Select(i => rig.Put($"job=j{i}", Gauge("a", i))).ToArray();
        var clash = rig.Put("job=k", Family("a", MetricType.Counter, ("", 1)));
        var delete = rig.Delete("job=j7");
        Assert.False(first.IsCompleted);
        gate.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.All(await Task.WhenAll(others), o => Assert.Equal(200, o.Status));
        Assert.Equal(400, (await clash).Status);
        Assert.Equal(202, (await delete).Status);
        Assert.Equal(51, rig.Gateway.Groups.Count);
        Assert.True(rig.Gateway.Stats().Batches <= 53);
    }

    [Fact]
    public async Task A_failed_append_refuses_its_batch_whole_and_what_was_judged_upon_it_is_judged_anew()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        var before = rig.Metrics;
        var gate = new TaskCompletionSource();
        rig.Log.Gate = gate.Task;
        rig.Log.Failures = 1;
        var lost = rig.Put("job=j", Family("a", MetricType.Counter, ("", 2)));
        await Until(() => rig.Gateway.Stats().QueueLength == 0);
        var upon = rig.Put("job=k", Family("a", MetricType.Counter, ("", 3)));
        var gauge = rig.Put("job=l", Gauge("a", 4));
        await Until(() => rig.Gateway.Stats().QueueLength == 0);
        gate.SetResult();

        var outcome = await lost;
        Assert.Equal(503, outcome.Status);
        Assert.Contains("no space left on device", outcome.Error);
        var judgedAnew = await upon;
        Assert.True(judgedAnew.Status is 400 or 503);
        Assert.True((await gauge).Status is 200 or 503);
        await rig.Delete("job=l");
        await rig.Delete("job=k");
        Assert.Equal(before, rig.Metrics);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("a", 5))).Status);
        Assert.Equal(1, rig.Gateway.Stats().LogFailures);
    }

    [Fact]
    public async Task When_the_log_has_grown_by_another_writer_the_batch_is_judged_upon_that()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        rig.Log.AppendForeign(rig.Log.Head, [rig.Log.Entries[0].Record]);
        var record = new PushRecord
        {
            Verb = PushVerb.Replace,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = 1,
            Stamp = 1,
            GroupingKey = Read("job=foreign"),
            Families = [new MetricFamily { Name = "b", Type = MetricType.Counter, Metrics = [Family("b", MetricType.Counter, ("job=foreign", 1)).Metrics[0]] }],
        };
        rig.Log.AppendForeign(rig.Log.Head, [record]);
        Assert.Equal(400, (await rig.Put("job=k", Gauge("b", 1))).Status);
        Assert.NotNull(rig.Gateway.Groups.Find(Read("job=foreign")));
        Assert.Equal(200, (await rig.Put("job=k", Gauge("a", 1))).Status);
    }

    [Fact]
    public async Task Refused_pushes_enter_the_log_once_a_second_and_after_each_accepted_one()
    {
        await using var rig = await Rig.New();
        var bad = Family("go_goroutines", MetricType.Counter, ("", 1));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(400, (await rig.Put("job=j", bad)).Status);
        }

        Assert.Single(rig.Log.Entries);
        Assert.Equal(4, rig.Gateway.Stats().RejectionsSuppressed);
        await rig.Put("job=j", Gauge("a", 1));
        rig.Tick(0.1);
        await rig.Put("job=j", bad);
        Assert.Equal(3, rig.Log.Entries.Count);
        Assert.Equal(4, rig.Log.Entries[2].Record.Suppressed);
        Assert.False(rig.Gateway.Groups.Find(Read("job=j"))!.LastPushSuccessful);
        rig.Tick(0.5);
        await rig.Put("job=j", bad);
        Assert.Equal(3, rig.Log.Entries.Count);
        rig.Tick(0.5);
        await rig.Put("job=j", bad);
        Assert.Equal(1, rig.Log.Entries[3].Record.Suppressed);
        Assert.Equal(3, Samples(rig.Pushes, "push_failure_time_seconds:pushed").Count);
    }

    [Fact]
    public async Task Every_push_of_a_group_has_a_millisecond_of_its_own_until_they_lead_the_clock_by_a_second()
    {
        await using var rig = await Rig.New();
        var outcomes = new List<PushOutcome>();
        for (var i = 0; i < 1010; i++)
        {
            outcomes.Add(await rig.Put("job=j", Gauge("a", 1)));
        }

        Assert.Equal(1001, outcomes.Count(o => o.Status == 200));
        Assert.All(outcomes.Skip(1001), o => Assert.Equal((429, 1), (o.Status, o.RetryAfterSeconds)));
        Assert.Equal(1001, Samples(rig.Pushes, "a:pushed").Count);
        Assert.Equal(200, (await rig.Put("job=k", Gauge("a", 1))).Status);
        Assert.Equal(9, rig.Gateway.Stats().RejectedTooFast);
        rig.Tick(0.002);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("a", 1))).Status);

        await using var again = await rig.Restart();
        await again.Put("job=j", Gauge("a", 1));
        Assert.Equal(429, (await again.Put("job=j", Gauge("a", 1))).Status);
        Assert.Equal(1004, Samples(again.Pushes, "a:pushed").Count);
    }

    [Fact]
    public async Task After_a_clock_was_set_back_no_stamp_is_given_twice()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        rig.Tick(60);
        await rig.Put("job=j", Gauge("a", 2));
        var set = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Rig.Start.AddSeconds(30));
        await rig.Gateway.StopAsync();
        var gateway = new Tallygate.Gateway.PushGateway(
            rig.Log, rig.Pushes, rig.Pushes, rig.Pushes, rig.Options, set, Microsoft.Extensions.Logging.Abstractions.NullLogger<Tallygate.Gateway.PushGateway>.Instance);
        await gateway.StartAsync();
        Assert.Equal(429, (await gateway.PushAsync(Put("job=j", Gauge("a", 3)))).Status);
        set.Advance(TimeSpan.FromSeconds(29.5));
        Assert.Equal(200, (await gateway.PushAsync(Put("job=j", Gauge("a", 3)))).Status);
        await gateway.StopAsync();
        Assert.Equal(3, Samples(rig.Pushes, "a:pushed").Count);
    }

    [Fact]
    public async Task A_series_that_goes_from_one_group_to_another_in_one_millisecond_keeps_both_samples()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1, "x=1"));
        await rig.Put("job=j");
        Assert.Equal(200, (await rig.Put("job=j,x=1", Gauge("a", 1))).Status);
        Assert.Equal(2, Samples(rig.Pushes, "a:pushed").Count);
    }

    [Fact]
    public async Task After_the_stop_a_push_is_refused_and_what_waited_is_booked()
    {
        var rig = await Rig.New();
        var waiting = Enumerable.Range(0, 11).Select(i => rig.Put("job=j", Gauge("a", i))).ToArray();
        await rig.Gateway.StopAsync();
        Assert.All(await Task.WhenAll(waiting), o => Assert.Equal(200, o.Status));
        Assert.Equal(503, (await rig.Put("job=j", Gauge("a", 1))).Status);
        Assert.Equal(11, rig.Log.Entries.Count);
    }

    [Fact]
    public async Task A_wipe_takes_all_groups_and_leaves_the_pushed_series()
    {
        await using var rig = await Rig.New();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => rig.Put($"job=j{i}", Gauge("a", 1))));
        Assert.Equal(202, (await rig.Gateway.WipeAsync()).Status);
        Assert.Equal(0, rig.Gateway.Groups.Count);
        Assert.Equal("", rig.Metrics);
        Assert.Equal(5, Samples(rig.Pushes, "a:pushed").Count);
        Assert.Equal(200, (await rig.Put("job=j0", Family("a", MetricType.Counter, ("", 1)))).Status);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }

        await Task.Delay(20);
    }
}
