using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>The life of groups: by the push, by rule, by default; what goes and what stays when it is over.</summary>
public sealed class ExpiryTests
{
    private static readonly GatewaySettings Rules = new()
    {
        TimeToLive = TimeSpan.FromHours(1),
        Groups =
        [
            new GroupRule { Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Regexp, "job", "keep.*")], TimeToLive = TimeSpan.Zero },
            new GroupRule { Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Equal, "job", "short")], TimeToLive = TimeSpan.FromMinutes(1) },
        ],
    };

    [Fact]
    public async Task Values_go_and_times_status_totals_and_pushed_series_stay()
    {
        var totals = new GatewaySettings { Totals = [new TotalRule { Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Equal, "__name__", "a")] }] };
        var rig = await Rig.New(new GatewayOptions { Settings = totals });
        await PushAsync(rig, "job=j", TimeSpan.FromMinutes(10), Gauge("a", 1));
        rig.Tick(60);
        Assert.Equal(400, (await rig.Put("job=j", Gauge("go_goroutines", 1), Family("b", MetricType.Counter, ("", 1)), Gauge("c", 2), Family("a", MetricType.Counter, ("", 1), ("", 2)))).Status);
        var pushed = Samples(rig.Pushes);
        var times = Times(rig);
        await StepAsync(rig, 538);
        Assert.NotEmpty(rig.Lines());
        await StepAsync(rig, 2);
        Assert.Empty(rig.Lines());
        Assert.Equal(times, Times(rig));
        Assert.Equal(pushed, Samples(rig.Pushes));
        var group = Assert.Single(rig.Gateway.Groups.All());
        Assert.False(group.LastPushSuccessful);
        Assert.Equal(Nano(rig), group.ExpiredUnixNano);
        Assert.Equal(1, rig.Gateway.TrueTotals().Single().Metrics.Single().Value);
        var entry = rig.Log.Entries[^1].Record;
        Assert.Equal((PushVerb.Expire, PushVerdict.Accepted, 0L, "the group's time was over"), (entry.Verb, entry.Verdict, entry.Stamp, entry.Reason));
        Assert.Equal(1, rig.Gateway.Stats().Expired);

        // Once is enough, and a restart finds the same.
        var position = rig.Gateway.Groups.Position;
        await StepAsync(rig, 3600);
        Assert.Equal(position, rig.Gateway.Groups.Position);
        var again = await rig.Restart();
        Assert.Equal(rig.Metrics, again.Metrics);
        Assert.Equal(group.ExpiredUnixNano, again.Gateway.Groups.All().Single().ExpiredUnixNano);

        // The next push brings it back.
        await again.Put("job=j", Gauge("a", 2));
        Assert.Single(again.Lines());
        Assert.Equal(0, again.Gateway.Groups.All().Single().ExpiredUnixNano);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task The_push_decides_then_the_first_rule_then_the_default()
    {
        await using var rig = await Rig.New(new GatewayOptions { Settings = Rules });
        await rig.Put("job=keeper", Gauge("a", 1));
        await rig.Put("job=short", Gauge("a", 1));
        await rig.Put("job=other", Gauge("a", 1));
        await PushAsync(rig, "job=short,x=1", TimeSpan.Zero, Gauge("a", 1));
        await PushAsync(rig, "job=other,x=1", TimeSpan.FromSeconds(10), Gauge("a", 1));
        await StepAsync(rig, 9);
        Assert.Equal(5, Holders(rig).Length);
        await StepAsync(rig, 1);
        Assert.DoesNotContain("{job=\"other\", x=\"1\"}", Holders(rig));
        await StepAsync(rig, 50);
        Assert.Equal(["{job=\"keeper\"}", "{job=\"other\"}", "{job=\"short\", x=\"1\"}"], Holders(rig));
        await StepAsync(rig, 3540);
        Assert.Equal(["{job=\"keeper\"}", "{job=\"short\", x=\"1\"}"], Holders(rig));

        // Other settings hold at once for what is there.
        rig.Gateway.Apply(new GatewaySettings { TimeToLive = TimeSpan.FromMinutes(30) });
        await StepAsync(rig, 2);
        Assert.Equal(["{job=\"short\", x=\"1\"}"], Holders(rig));
    }

    [Fact]
    public async Task Every_accepted_push_begins_the_time_anew_and_a_refused_one_does_not()
    {
        await using var rig = await Rig.New();
        await PushAsync(rig, "job=j", TimeSpan.FromMinutes(1), Gauge("a", 1));
        await StepAsync(rig, 50);
        await PushAsync(rig, "job=j", TimeSpan.FromMinutes(1));
        await StepAsync(rig, 50);
        Assert.Equal(400, (await rig.Put("job=j", Family("a", MetricType.Counter, ("", 1), ("", 2)))).Status);
        await PushAsync(rig, "job=k", TimeSpan.FromMinutes(1), Gauge("a", 1));
        await rig.Gateway.PushAsync(Post("job=k", Gauge("b", 1)));
        await StepAsync(rig, 3600);

        // The empty PUT left nothing to expire; the POST that said nothing lets the other group stay for ever.
        Assert.Equal(["{job=\"k\"}"], Holders(rig));
        Assert.Equal(0, rig.Gateway.Stats().Expired);
    }

    [Fact]
    public async Task Open_runs_of_an_expired_group_end_and_are_booked()
    {
        await using var rig = await Rig.New();
        await rig.Gateway.PushAsync(Put("job=j", Gauge("a", 7)) with { Notes = new PushNotes { RunId = "r", TimeToLive = TimeSpan.FromMinutes(1) } });
        await StepAsync(rig, 61);
        Assert.Equal([PushVerb.RunClosed, PushVerb.Expire], rig.Log.Entries.TakeLast(2).Select(e => e.Record.Verb));
        Assert.Single(Samples(rig.Pushes, "a:pushed"));
        Assert.Equal(0, rig.Gateway.Stats().OpenRuns);
        Assert.Equal(409, (await rig.Gateway.PushAsync(Put("job=j", Gauge("a", 8)) with { Notes = new PushNotes { RunId = "r" } })).Status);
    }

    [Fact]
    public async Task An_expired_series_is_free_for_other_groups_and_a_key_stays_known()
    {
        await using var rig = await Rig.New();
        await rig.Gateway.PushAsync(Put("job=j", Gauge("a", 1, "x=1")) with { Notes = new PushNotes { IdempotencyKey = "k", TimeToLive = TimeSpan.FromMinutes(1) } });
        Assert.Equal(400, (await rig.Put("job=j,x=1", Gauge("a", 2))).Status);
        await StepAsync(rig, 61);
        Assert.Equal(200, (await rig.Put("job=j,x=1", Family("a", MetricType.Counter, ("", 2)))).Status);
        var again = await rig.Gateway.PushAsync(Put("job=j", Gauge("a", 1, "x=1")) with { Notes = new PushNotes { IdempotencyKey = "k" } });
        Assert.True(again.Replayed);
    }

    [Fact]
    public async Task A_push_that_comes_between_the_look_and_the_judgement_saves_its_group()
    {
        await using var rig = await Rig.New();
        await PushAsync(rig, "job=j", TimeSpan.FromSeconds(5), Gauge("a", 1));
        rig.Tick(6);
        var gate = new TaskCompletionSource();
        rig.Log.Gate = gate.Task;
        var first = PushAsync(rig, "job=k", null, Gauge("a", 1));
        var second = PushAsync(rig, "job=j", TimeSpan.FromSeconds(5), Gauge("a", 2));
        rig.Gateway.Step(rig.Time.GetUtcNow().ToUnixTimeMilliseconds());
        gate.SetResult();
        await Task.WhenAll(first, second);
        await rig.Gateway.DeleteAsync(Read("job=nobody"));
        Assert.Equal(0, rig.Gateway.Stats().Expired);
        Assert.Equal(["{job=\"j\"}", "{job=\"k\"}"], Holders(rig));
    }

    [Fact]
    public async Task Deletion_of_many_takes_those_that_match_when_their_turn_comes()
    {
        var rig = await Rig.New();
        for (var i = 0; i < 50; i++)
        {
            await rig.Put($"job=j,i={i:D2}", Gauge("a", i));
            rig.Tick();
        }

        var before = Nano(rig) - (40L * 1_000_000_000);
        var (outcome, gone) = await rig.Gateway.DeleteAsync(g => g.LastPushUnixNano < before);
        Assert.Equal(200, outcome.Status);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i:D2}"), gone.Select(g => g.Get("i")));
        Assert.Equal(40, rig.Gateway.Groups.Count);
        Assert.Equal(10, rig.Gateway.Stats().Deletes);
        var again = await rig.Restart();
        Assert.Equal(rig.Metrics, again.Metrics);
        await again.DisposeAsync();
    }

    private static Task<Tallygate.Gateway.Ingest.PushOutcome> PushAsync(Rig rig, string group, TimeSpan? life, params MetricFamily[] families) =>
        rig.Gateway.PushAsync(Put(group, families) with { Notes = new PushNotes { TimeToLive = life } });

    /// <summary>Lets the time pass, and what is due happen.</summary>
    private static async Task StepAsync(Rig rig, double seconds)
    {
        rig.Tick(seconds);
        rig.Gateway.Step(rig.Time.GetUtcNow().ToUnixTimeMilliseconds());
        await rig.Gateway.DeleteAsync(Read("job=nobody"));
    }

    private static string[] Holders(Rig rig) => [.. rig.Gateway.Groups.Sorted().Where(g => g.Families.Count > 0).Select(g => g.Key.ToString())];

    private static string[] Times(Rig rig) => [.. rig.Metrics.Split('\n').Where(l => l.StartsWith("push_", StringComparison.Ordinal))];

    private static long Nano(Rig rig) => (rig.Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
