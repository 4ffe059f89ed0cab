using CsCheck;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Testing;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Running totals: exact, zero-born by the log, monotonic over restarts, rebuilt bit for bit.</summary>
public sealed class TotalsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_total_adds_up_what_is_pushed_without_the_dropped_labels()
    {
        await using var rig = await New(Rule("a", TotalKind.Sum, "run"), Rule("b_total", TotalKind.Count, "run", "job"));
        await rig.Put("job=j,run=1", Gauge("a", 0.1), Gauge("b_total", 7));
        await rig.Put("job=j,run=2", Gauge("a", 0.2), Gauge("b_total", 7));
        await rig.Put("job=k,run=2", Gauge("b_total", 7), Gauge("c", 1));
        await rig.Put("job=j,run=1", Gauge("a", 0.7));
        await rig.Delete("job=j,run=1");
        await rig.Gateway.WipeAsync();
        Assert.Equal(["a_pushed_total{instance=\"\", job=\"j\"} 1", "b_pushed_total{instance=\"\", job=\"\"} 3"], True(rig));
        await using var again = await rig.Restart();
        Assert.Equal(True(rig), True(again));
    }

    [Fact]
    public async Task A_counting_total_shows_0_for_a_while_after_its_birth()
    {
        await using var rig = await New(Rule("a", TotalKind.Sum), Rule("a", TotalKind.Max));
        await rig.Put("job=j", Gauge("a", 5));
        Assert.Equal(["a_pushed_max{instance=\"\", job=\"j\"} 5", "a_pushed_total{instance=\"\", job=\"j\"} 0"], Shown(rig));
        rig.Tick(119);
        await rig.Put("job=j", Gauge("a", 1));
        Assert.Equal("a_pushed_total{instance=\"\", job=\"j\"} 0", Shown(rig)[1]);
        rig.Tick(1);
        Assert.Equal("a_pushed_total{instance=\"\", job=\"j\"} 6", Shown(rig)[1]);
        var metric = rig.Gateway.Totals(Now(rig))[1].Metrics[0];
        Assert.Equal(Rig.Start.ToUnixTimeMilliseconds() * 1_000_000, metric.CreatedUnixNano);
    }

    [Fact]
    public async Task Last_max_and_min_go_by_time_and_value()
    {
        await using var rig = await New(Rule("a", TotalKind.Last), Rule("a", TotalKind.Max), Rule("a", TotalKind.Min));
        await rig.Put("job=j", Gauge("a", 5));
        await rig.Put("job=j", Gauge("a", -3));
        var late = new PushNotes { PushTimeUnixNano = (Now(rig) - 60_000) * 1_000_000 };
        await rig.Gateway.PushAsync(Put("job=j", Gauge("a", 9)) with { Notes = late });
        Assert.Equal(["a_pushed_last{instance=\"\", job=\"j\"} -3", "a_pushed_max{instance=\"\", job=\"j\"} 9", "a_pushed_min{instance=\"\", job=\"j\"} -3"], True(rig));
    }

    [Fact]
    public async Task What_no_sum_can_take_is_left_out_and_counted()
    {
        await using var rig = await New(Rule("[ahs]", TotalKind.Sum, "x"));
        await rig.Put("job=j", Family("a", MetricType.Gauge, ("x=1", double.NaN), ("x=2", double.PositiveInfinity), ("x=3", -1), ("x=4", 2)));
        await rig.Put("job=j", Histogram("h", "", 3, (1, 2), (double.PositiveInfinity, 3)), Summary("s", "", 4, 5, (0.5, 6)));
        await rig.Put("job=j", Histogram("h", "", 3, (2, 2), (double.PositiveInfinity, 3)));
        await rig.Put("job=j", Histogram("h", "", -1, (1, 1)));
        Assert.Equal(["a_pushed_total{instance=\"\", job=\"j\"} 2", "h_pushed{instance=\"\", job=\"j\"} 3 4 1:3,+Inf:4", "s_pushed{instance=\"\", job=\"j\"} 4 5"], True(rig));
        Assert.Equal([1, 1, 2, 1, 0, 0], Enum.GetValues<LeftOut>().Select(rig.Gateway.LeftOutOfTotals));
        await using var again = await rig.Restart();
        Assert.Equal([1, 1, 2, 1, 0, 0], Enum.GetValues<LeftOut>().Select(again.Gateway.LeftOutOfTotals));
    }

    [Fact]
    public async Task A_rule_that_comes_starts_at_0_and_one_that_stays_goes_on()
    {
        await using var rig = await New(Rule("a", TotalKind.Sum));
        await rig.Put("job=j", Gauge("a", 1), Gauge("b", 1));
        rig.Gateway.Apply(new GatewaySettings { Totals = [Rule("b", TotalKind.Sum), Rule("a", TotalKind.Sum)] });
        await rig.Put("job=j", Gauge("a", 1), Gauge("b", 1));
        Assert.Equal(["a_pushed_total{instance=\"\", job=\"j\"} 2", "b_pushed_total{instance=\"\", job=\"j\"} 1"], True(rig));
        rig.Gateway.Apply(new GatewaySettings { Totals = [Rule("b", TotalKind.Sum)] });
        await rig.Put("job=j", Gauge("b", 1));
        Assert.Equal(["b_pushed_total{instance=\"\", job=\"j\"} 2"], True(rig));
        Assert.Equal(3, rig.Log.Entries.Count(e => e.Record.Verb == PushVerb.Configure));

        // The same rules again are no entry. A start with other ones is: they begin anew.
        rig.Gateway.Apply(new GatewaySettings { Totals = [Rule("b", TotalKind.Sum)] });
        await rig.Delete("job=nobody");
        Assert.Equal(3, rig.Log.Entries.Count(e => e.Record.Verb == PushVerb.Configure));
        await using var again = await rig.Restart();
        await again.Delete("job=nobody");
        Assert.Empty(True(again));
        Assert.Equal(4, rig.Log.Entries.Count(e => e.Record.Verb == PushVerb.Configure));
    }

    [Fact]
    public async Task A_run_is_added_once()
    {
        await using var rig = await New(Rule("a", TotalKind.Sum), Rule("a", TotalKind.Count, "x"));
        for (var i = 0; i < 3; i++)
        {
            await rig.Gateway.PushAsync(Put("job=j", Gauge("a", i)) with { Notes = new PushNotes { RunId = "r", State = i == 2 ? RunState.Failed : RunState.Running } });
        }

        Assert.Equal(["a_pushed_total{instance=\"\", job=\"j\"} 2"], True(rig));
        Assert.Equal(1, rig.Gateway.LeftOutOfTotals(LeftOut.Taken));
    }

    [Fact]
    public async Task A_push_of_the_same_name_hides_a_total_on_the_page()
    {
        await using var rig = await New(Rule("a", TotalKind.Sum));
        await rig.Put("job=j", Gauge("a", 1));
        await rig.Put("job=k", Gauge("a_pushed_total", 7));
        rig.Tick(200);
        var page = rig.Page.AsText([.. rig.Gateway.Totals(Now(rig))]);
        Assert.Contains("\na_pushed_total{instance=\"\",job=\"k\"} 7\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("a_pushed_total{instance=\"\",job=\"j\"}", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Families_are_put_together_anew_only_where_a_total_changed_or_its_zero_is_over()
    {
        var settings = new GatewaySettings { ZeroFor = TimeSpan.FromSeconds(60), Totals = [new TotalRule { Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Regexp, Labels.MetricName, "[ab]")] }] };
        await using var rig = await Rig.New(new GatewayOptions { Settings = settings });
        long Now() => rig.Time.GetUtcNow().ToUnixTimeMilliseconds();
        await rig.Put("job=j", Gauge("a", 1));
        rig.Tick(50);
        await rig.Put("job=k", Gauge("b", 2));
        var families = rig.Gateway.Totals(Now());
        Assert.Equal([0.0, 0.0], families.SelectMany(f => f.Metrics).Select(m => m.Value));
        Assert.Same(families, rig.Gateway.Totals(Now() + 9_999));
        var one = rig.Gateway.Totals(Now() + 10_000);
        Assert.Equal([1.0, 0.0], one.SelectMany(f => f.Metrics).Select(m => m.Value));
        Assert.Equal([0.0, 0.0], rig.Gateway.Totals(Now()).SelectMany(f => f.Metrics).Select(m => m.Value));
        var both = rig.Gateway.Totals(Now() + 60_000);
        Assert.Equal([1.0, 2.0], both.SelectMany(f => f.Metrics).Select(m => m.Value));
        Assert.Same(both, rig.Gateway.Totals(Now() + 1_000_000));
        await rig.Put("job=j", Gauge("a", 5));
        Assert.Equal([6.0, 2.0], rig.Gateway.Totals(Now() + 60_000).SelectMany(f => f.Metrics).Select(m => m.Value));
        Assert.Equal([6.0, 2.0], rig.Gateway.TrueTotals().SelectMany(f => f.Metrics).Select(m => m.Value));
        await rig.Put("job=a", Gauge("a", 7));
        Assert.Equal(["a", "j", "k"], rig.Gateway.TrueTotals().SelectMany(f => f.Metrics).Select(m => m.Labels.Get("job")));
        Assert.Same(rig.Gateway.TrueTotals(), rig.Gateway.TrueTotals());
        rig.Gateway.Apply(new GatewaySettings());
        await rig.Put("job=a", Gauge("a", 7));
        Assert.Empty(rig.Gateway.TrueTotals());
    }

    [Fact]
    public void Any_history_gives_the_exact_sum_live_and_replayed() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Double[0, 1e9]).Array[1, 60].Sample(
        history => Run(history).GetAwaiter().GetResult(), output.WriteLine, iter: Soak.Rounds(full: 2000, reduced: 60));

    private static async Task Run((int Group, int Kind, double Value)[] history)
    {
        var rig = await New(Rule("a", TotalKind.Sum, "x"));
        var oracle = new Dictionary<string, decimal>();
        foreach (var (group, kind, value) in history)
        {
            // Values with few binary digits, so that a decimal holds their sum.
            var rounded = Math.ScaleB(Math.Floor(value * 16), -4);
            if (kind == 4)
            {
                var again = await rig.Restart();
                Assert.Equal(True(rig), True(again));
                rig = again;
                continue;
            }

            await rig.Put($"job=j{group % 2},x={group}", Gauge("a", rounded));
            var key = $"j{group % 2}";
            oracle[key] = oracle.GetValueOrDefault(key) + (decimal)rounded;
        }

        foreach (var metric in rig.Gateway.TrueTotals().SelectMany(f => f.Metrics))
        {
            Assert.Equal((double)oracle[metric.Labels.Get("job")], metric.Value);
        }

        Assert.Equal(oracle.Count, rig.Gateway.TrueTotals().Sum(f => f.Metrics.Count));
        await rig.DisposeAsync();
    }

    private static Task<Rig> New(params TotalRule[] rules) => Rig.New(new GatewayOptions { Settings = new GatewaySettings { Totals = rules } });

    private static TotalRule Rule(string name, TotalKind kind, params string[] without) => new()
    {
        Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Regexp, "__name__", name)],
        Kind = kind,
        Labels = without,
    };

    private static long Now(Rig rig) => rig.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static string[] Shown(Rig rig) => Text(rig.Gateway.Totals(Now(rig)));

    private static string[] True(Rig rig) => Text(rig.Gateway.TrueTotals());

    private static string[] Text(IReadOnlyList<MetricFamily> families) =>
        [.. families.SelectMany(f => f.Metrics.Select(m => f.Name + m.Labels + " " + Value(m)))];

    private static string Value(Metric metric) => metric switch
    {
        { Histogram: { } h } => $"{h.SampleSum} {h.SampleCount} {string.Join(",", h.Buckets.Select(b => (double.IsInfinity(b.UpperBound) ? "+Inf" : $"{b.UpperBound}") + ":" + b.CumulativeCount))}",
        { Summary: { } s } => $"{s.SampleSum} {s.SampleCount}",
        _ => $"{metric.Value}",
    };
}
