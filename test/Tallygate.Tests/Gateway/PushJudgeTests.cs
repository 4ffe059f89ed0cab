using Tallygate.Gateway;
using Tallygate.Model;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>The rows of the Pushgateway's behaviour that are about taking and refusing pushes, each named after its row.</summary>
public sealed class PushJudgeTests
{
    private const string Prefix = "pushed metrics are invalid or inconsistent with existing metrics: ";

    [Fact]
    public async Task P100_P101_PUT_replaces_the_group_and_POST_only_families_of_the_same_name()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("x", 1), Gauge("y", 1, "l=1"));
        await rig.Post("job=j", Gauge("y", 2, "l=2"));
        Assert.Equal(["x{instance=\"\",job=\"j\"} 1", "y{instance=\"\",job=\"j\",l=\"2\"} 2"], rig.Lines());
        await rig.Put("job=j", Gauge("z", 3));
        Assert.Equal(["z{instance=\"\",job=\"j\"} 3"], rig.Lines());
    }

    [Fact]
    public async Task P102_P103_an_empty_push_updates_the_push_time()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Post("job=j")).Status);
        Assert.Contains("push_time_seconds{instance=\"\",job=\"j\"} 1.7953488e+09\n", rig.Metrics);
        await rig.Put("job=j", Gauge("x", 1));
        rig.Tick();
        await rig.Post("job=j");
        Assert.Equal(["x{instance=\"\",job=\"j\"} 1"], rig.Lines());
        Assert.Contains("push_time_seconds{instance=\"\",job=\"j\"} 1.795348801e+09\n", rig.Metrics);
        await rig.Put("job=j");
        Assert.Empty(rig.Lines());
        Assert.Equal(1, rig.Gateway.Groups.Count);
    }

    [Fact]
    public async Task P104_DELETE_removes_exactly_one_group_and_answers_202_also_where_there_is_none()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=x", Gauge("a", 1));
        await rig.Put("job=x,instance=y", Gauge("a", 2));
        Assert.Equal(202, (await rig.Delete("job=x")).Status);
        Assert.Equal(202, (await rig.Delete("job=nobody")).Status);
        Assert.Equal(["a{instance=\"y\",job=\"x\"} 2"], rig.Lines());
        Assert.Equal(3, rig.Log.Entries.Count);
        Assert.DoesNotContain("instance=\"\"", rig.Metrics);
    }

    [Fact]
    public async Task P107_a_POST_may_change_the_type_inside_its_group()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        Assert.Equal(200, (await rig.Post("job=j", Family("a", MetricType.Counter, ("", 2)))).Status);
        Assert.Contains("# TYPE a counter\n", rig.Metrics);
        Assert.Equal(200, (await rig.Put("job=k", Family("a", MetricType.Counter, ("", 2)))).Status);
        Assert.Equal(400, (await rig.Post("job=j", Gauge("a", 1))).Status);
    }

    [Fact]
    public async Task P110_P134_P320_timestamps_are_refused_and_only_the_failure_is_noted()
    {
        await using var rig = await Rig.New();
        var family = new MetricFamily
        {
            Name = "b",
            Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Untyped, Value = 1, TimestampMs = 0 }],
        };
        var outcome = await rig.Put("job=j", Gauge("a", 1), family);
        Assert.Equal((400, Prefix + "pushed metrics must not have timestamps"), (outcome.Status, outcome.Error));
        Assert.Equal(
            """
            # HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.
            # TYPE push_failure_time_seconds gauge
            push_failure_time_seconds{instance="",job="j"} 1.7953488e+09
            # HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.
            # TYPE push_time_seconds gauge
            push_time_seconds{instance="",job="j"} 0

            """,
            rig.Metrics);
        Assert.False(rig.Gateway.Groups.Find(Read("job=j"))!.LastPushSuccessful);
    }

    [Fact]
    public async Task P120_a_series_may_not_come_twice_in_one_body_nor_from_two_groups()
    {
        await using var rig = await Rig.New();
        var twice = await rig.Put("job=j", Family("a", MetricType.Gauge, ("x=1", 1), ("job=other,x=1", 2)));
        Assert.Equal(
            Prefix + "collected metric \"a\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"j\"} label:{name:\"x\" value:\"1\"} "
            + "gauge:{value:2} } was collected before with the same name and label values",
            twice.Error);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("a", 1, "x=1"))).Status);
        var other = await rig.Put("job=j,x=1", Gauge("a", 1));
        Assert.Equal(400, other.Status);
        Assert.EndsWith("was collected before with the same name and label values", other.Error);
        await rig.Delete("job=j");
        Assert.Equal(200, (await rig.Put("job=j,x=1", Gauge("a", 1))).Status);
    }

    [Fact]
    public async Task P121_another_group_has_the_name_with_another_type()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        var outcome = await rig.Put("job=k", Family("a", MetricType.Untyped, ("", 1)));
        Assert.Equal(400, outcome.Status);
        Assert.EndsWith("untyped:{value:1} } is not a GAUGE", outcome.Error);
    }

    [Fact]
    public async Task P122_the_payload_must_be_that_of_the_type()
    {
        await using var rig = await Rig.New();
        var family = new MetricFamily { Name = "a", Type = MetricType.Counter, Metrics = Gauge("a", 1).Metrics };
        Assert.EndsWith("gauge:{value:1} } is not a COUNTER", (await rig.Put("job=j", family)).Error);
    }

    [Fact]
    public async Task P123_P124_P125_P126_labels_that_cannot_be()
    {
        await using var rig = await Rig.New();
        var doubled = Labels.FromSorted([new Label("x", "1"), new Label("x", "2")]);
        Assert.EndsWith("has two or more labels with the same name: x", (await rig.Put("job=j", Raw(doubled))).Error);
        Assert.EndsWith("has a label with an invalid name: __foo", (await rig.Put("job=j", Gauge("a", 1, "__foo=1"))).Error);
        Assert.EndsWith("has a label with an invalid name: ", (await rig.Put("job=j", Raw(Labels.Of("", "1")))).Error);
        Assert.EndsWith("must not have an explicit \"quantile\" label", (await rig.Put("job=j,quantile=1", Summary("s", "", 1, 1))).Error);
        Assert.EndsWith(
            "has a label named \"x\" whose value is not utf8: \"\\xff\"", (await rig.Put("job=j", Raw(Labels.Of("x", "\uDCFF")))).Error);
        static MetricFamily Raw(Labels labels) => new()
        {
            Name = "a",
            Metrics = [new Metric { Labels = labels, Payload = MetricPayload.Untyped, Value = 1 }],
        };
    }

    [Theory]
    [InlineData("h", "h_count", "collected metric named \"h_count\" collides with previously collected histogram named \"h\"")]
    [InlineData("h", "h_sum", "collected metric named \"h_sum\" collides with previously collected histogram named \"h\"")]
    [InlineData("h", "h_bucket", "collected metric named \"h_bucket\" collides with previously collected histogram named \"h\"")]
    [InlineData("s", "s_count", "collected metric named \"s_count\" collides with previously collected summary named \"s\"")]
    [InlineData("h_count", "h", "collected histogram or summary named \"h\" collides with previously collected metric named \"h_count\"")]
    [InlineData("s_sum", "s", "collected histogram or summary named \"s\" collides with previously collected metric named \"s_sum\"")]
    [InlineData("h_bucket", "h", "collected histogram named \"h\" collides with previously collected metric named \"h_bucket\"")]
    public async Task P127_suffix_collisions_in_either_order_and_in_one_body(string first, string second, string fault)
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=j", Named(first))).Status);
        Assert.Equal(Prefix + fault, (await rig.Put("job=k", Named(second))).Error);
        Assert.Equal(200, (await rig.Put("job=j", Named(second))).Status);
        Assert.Equal(400, (await rig.Put("job=n", Named(first), Named(second))).Status);
    }

    [Theory]
    [InlineData("s", "s_bucket")]
    [InlineData("h", "h_total")]
    [InlineData("h", "h_created")]
    public async Task P127_other_suffixes_do_not_collide(string first, string second)
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=j", Named(first), Named(second))).Status);
    }

    [Fact]
    public async Task P127_one_body_that_collides_in_itself_says_so_once()
    {
        await using var rig = await Rig.New();
        var outcome = await rig.Put("job=j", Named("h"), Named("h_count"));
        Assert.Equal(Prefix + "collected metric named \"h_count\" collides with previously collected histogram named \"h\"", outcome.Error);
    }

    [Fact]
    public async Task P127_P128_P129_the_gateways_own_metrics_count_as_collected()
    {
        await using var rig = await Rig.New();
        Assert.Equal(
            Prefix + "gathered metric family go_goroutines has type UNTYPED but should have GAUGE",
            (await rig.Put("job=j", Family("go_goroutines", MetricType.Untyped, ("", 1)))).Error);
        Assert.Equal(
            Prefix + "collected metric named \"go_gc_duration_seconds_count\" collides with previously collected summary named \"go_gc_duration_seconds\"",
            (await rig.Put("job=j", Gauge("go_gc_duration_seconds_count", 1))).Error);
        Assert.Equal(
            Prefix + "gathered metric family pushgateway_http_requests_total has help \"\" but should have "
            + "\"Total HTTP requests processed by the Pushgateway, excluding scrapes.\"",
            (await rig.Put("job=j", Family("pushgateway_http_requests_total", MetricType.Counter, ("", 1)))).Error);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("go_goroutines", 1).Help("other"))).Status);
    }

    [Fact]
    public async Task P130_P131_label_names_and_help_texts_may_differ()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=j", Family("a", MetricType.Gauge, ("x=1", 1), ("y=1", 2)).Help("one"))).Status);
        rig.Tick();
        Assert.Equal(200, (await rig.Put("job=k", Gauge("a", 1).Help("two"))).Status);
        Assert.Contains("# HELP a two\n", rig.Metrics);
        await rig.Delete("job=k");
        Assert.Contains("# HELP a one\n", rig.Metrics);
    }

    [Fact]
    public async Task P133_P134_a_failure_keeps_the_content_and_a_success_keeps_the_failure_time()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        rig.Tick();
        await rig.Put("job=j", Family("go_goroutines", MetricType.Counter, ("", 1)));
        Assert.Equal(["a{instance=\"\",job=\"j\"} 1"], rig.Lines());
        Assert.Contains("push_time_seconds{instance=\"\",job=\"j\"} 1.7953488e+09\n", rig.Metrics);
        Assert.Contains("push_failure_time_seconds{instance=\"\",job=\"j\"} 1.795348801e+09\n", rig.Metrics);
        rig.Tick();
        await rig.Put("job=j", Gauge("a", 2));
        Assert.Contains("push_time_seconds{instance=\"\",job=\"j\"} 1.795348802e+09\n", rig.Metrics);
        Assert.Contains("push_failure_time_seconds{instance=\"\",job=\"j\"} 1.795348801e+09\n", rig.Metrics);
        Assert.True(rig.Gateway.Groups.Find(Read("job=j"))!.LastPushSuccessful);
    }

    [Fact]
    public async Task P136_pushed_push_time_families_are_discarded()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=j", Gauge("push_failure_time_seconds", 7), Family("push_time_seconds", MetricType.Counter, ("x=1", 1)))).Status);
        Assert.Contains("push_failure_time_seconds{instance=\"\",job=\"j\"} 0\n", rig.Metrics);
        Assert.DoesNotContain("x=", rig.Metrics);
    }

    [Fact]
    public async Task P145_grouping_labels_win_and_an_own_instance_is_kept()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1, "job=x,instance=i"), Gauge("b", 2));
        await rig.Put("job=j,instance=k", Gauge("c", 3, "instance=wrong,a=1"));
        Assert.Equal(
            ["a{instance=\"i\",job=\"j\"} 1", "b{instance=\"\",job=\"j\"} 2", "c{a=\"1\",instance=\"k\",job=\"j\"} 3"], rig.Lines());
    }

    [Fact]
    public async Task P28_an_empty_label_makes_a_group_of_its_own()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=a", Gauge("m", 1))).Status);
        Assert.Equal(200, (await rig.Put("job=a,x=", Gauge("m", 2))).Status);
        Assert.Equal(2, rig.Lines().Length);

        // Both are one pushed series: it has a sample for each push all the same.
        Assert.Equal(2, Samples(rig.Pushes, "m:pushed").Count);
    }

    [Fact]
    public async Task P350_bad_grouping_labels_leave_no_trace()
    {
        await using var rig = await Rig.New();
        var outcome = await rig.Put("job=\uDCFF", Gauge("a", 1));
        Assert.Equal(400, outcome.Status);
        Assert.EndsWith("has a label named \"job\" whose value is not utf8: \"\\xff\"", outcome.Error);
        Assert.Equal(202, (await rig.Delete("job=\uDCFF")).Status);

        Assert.Equal(200, (await rig.Put("job=a", Gauge("a", 1))).Status);
        Assert.Equal(400, (await rig.Put("job=a,instance=", Gauge("b", 1))).Status);
        Assert.Equal(1, rig.Gateway.Groups.Count);
        Assert.Single(rig.Log.Entries);
        await rig.Delete("job=a");
        Assert.Equal(200, (await rig.Put("job=a,instance=", Gauge("b", 1))).Status);
        Assert.Equal(400, (await rig.Put("job=a", Gauge("b", 1))).Status);
        Assert.Equal(3, rig.Gateway.Stats().RejectedGroupingLabels);
    }

    [Fact]
    public async Task P87_of_two_families_of_one_name_the_later_counts()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await rig.Put("job=a", Gauge("a", 1), Gauge("b", 1), Gauge("a", 2))).Status);
        Assert.Equal(["a{instance=\"\",job=\"a\"} 2", "b{instance=\"\",job=\"a\"} 1"], rig.Lines());
    }

    [Fact]
    public async Task Names_of_pushed_series_are_refused_with_a_hint()
    {
        await using var rig = await Rig.New();
        var outcome = await rig.Put("job=a", Gauge("rows:pushed", 1));
        Assert.Equal(400, outcome.Status);
        Assert.Contains("push \"rows\" and query the other", outcome.Error);
    }

    [Fact]
    public async Task Several_faults_come_as_a_list()
    {
        await using var rig = await Rig.New();
        var outcome = await rig.Put("job=j", Gauge("a", 1, "__x=1"), Family("go_goroutines", MetricType.Counter, ("", 1)), Gauge("b", 1, "__y=1"));
        Assert.StartsWith(Prefix + "2 error(s) occurred:\n* collected metric \"a\"", outcome.Error);
    }

    [Fact]
    public async Task Unchecked_pushes_are_booked_and_answered_with_202()
    {
        await using var rig = await Rig.New(new GatewayOptions { ConsistencyCheck = false });
        Assert.Equal(202, (await rig.Put("job=j", Gauge("a", 1))).Status);
        Assert.Equal(202, (await rig.Put("job=k", Family("a", MetricType.Counter, ("", 1)))).Status);
        Assert.Equal(2, rig.Log.Entries.Count);
        Assert.Equal(2, rig.Lines().Length);
    }

    private static MetricFamily Named(string name) => name switch
    {
        "h" => Histogram("h", "", 1, (1, 1), (double.PositiveInfinity, 1)),
        "s" => Summary("s", "", 1, 1, (0.5, 1)),
        _ => Gauge(name, 1),
    };
}
