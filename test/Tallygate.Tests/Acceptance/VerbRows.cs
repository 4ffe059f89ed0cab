using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapters 4 and 7: what PUT, POST and DELETE do, and which labels win.</summary>
public sealed class VerbRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task P100_Put_replaces_the_group()
    {
        await Taken("/metrics/job/j", "a 1\nb 2\n");
        await Taken("/metrics/job/j", "c 3\n");
        Assert.Equal(["c", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
    }

    [Fact]
    public async Task P101_Post_replaces_families_as_a_whole()
    {
        Status(200, await Post("/metrics/job/j", "a{x=\"1\"} 1\nb 2\n"));
        Status(200, await Post("/metrics/job/j", "a{x=\"3\"} 3\n"));
        Assert.Equal(["a{instance=\"\",job=\"j\",x=\"3\"} 3", "b{instance=\"\",job=\"j\"} 2"], await Lines("a{", "b{"));
    }

    [Fact]
    public async Task P102_P137_Put_of_nothing_empties_the_group()
    {
        await Taken("/metrics/job/j", "a 1\n");
        Advance(5);
        await Taken("/metrics/job/j", "");
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        await Shows($"push_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Fact]
    public async Task P103_P137_Post_of_nothing_sets_the_time()
    {
        Status(200, await Post("/metrics/job/j", ""));
        Assert.Equal(["job=j"], await Groups());
        await Taken("/metrics/job/j", "a 1\n");
        Advance(5);
        Status(200, await Post("/metrics/job/j", ""));
        await Shows("a{instance=\"\",job=\"j\"} 1", $"push_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Fact]
    public async Task P104_P325_Delete_takes_exactly_that_group()
    {
        await Taken("/metrics/job/x/instance/y");
        Status(202, await Delete("/metrics/job/x"));
        Assert.Equal(["instance=y,job=x"], await Groups());
        Status(202, await Delete("/metrics/job/x/instance/y"));
        Assert.Empty(await Groups());
        await ShowsNo("push_");
        Status(202, await Delete("/metrics/job/unknown"));
    }

    [Fact]
    public async Task P105_A_push_and_a_deletion_are_seen_by_the_next_request()
    {
        for (var i = 0; i < 20; i++)
        {
            Advance(1);
            await Taken("/metrics/job/j", $"a {i}\n");
            await Shows($"a{{instance=\"\",job=\"j\"}} {i}");
            Status(202, await Delete("/metrics/job/j"));
            await ShowsNo("a{");
        }
    }

    [Fact]
    public async Task P106_P305_A_push_is_200_or_400()
    {
        Status(200, await Put("/metrics/job/j", "a 1\n"));
        Status(400, await Put("/metrics/job/j", "a\n"));
        Status(400, await Put("/metrics/job/j", "a 1 1\n"));
    }

    [Fact]
    public async Task P107_A_type_may_change_inside_its_group()
    {
        await Taken("/metrics/job/j", "# TYPE a counter\na 1\n");
        Status(200, await Post("/metrics/job/j", "# TYPE a gauge\na 2\n"));
        await Shows("# TYPE a gauge", "a{instance=\"\",job=\"j\"} 2");
        await Taken("/metrics/job/j", "# TYPE h histogram\nh_count 1\n");
        await Taken("/metrics/job/j", "h_count 1\n");
        ErrorLike(400, Inconsistent, await Post("/metrics/job/j", "# TYPE h histogram\nh_count 1\n"));
    }

    [Fact]
    public async Task P108_P134_A_refused_push_leaves_only_its_time()
    {
        await Taken("/metrics/job/j", "a 1\n");
        var before = await Lines("a{", "push_time_seconds{");
        Advance(5);
        ErrorLike(400, Inconsistent, await Put("/metrics/job/j", "a 2\nb 3 1\n"));
        Assert.Equal(before, await Lines("a{", "b{", "push_time_seconds{"));
        await Shows($"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Theory]
    [InlineData("/metrics/job/j", "a\n")]
    [InlineData("/metrics/job/j/odd", "a 1\n")]
    [InlineData("/metrics/job/j/x-y/z", "a 1\n")]
    public async Task P108_P135_Errors_of_path_and_syntax_leave_no_trace_but_a_count(string path, string body)
    {
        const string Counter = "pushgateway_http_requests_total{code=\"400\",handler=\"push\",method=\"put\"} ";
        static int Count(string[] lines) => lines.Length == 0 ? 0 : int.Parse(lines[0].AsSpan(Counter.Length));
        await Taken("/metrics/job/j", "a 1\n");
        var before = await Lines("a{", "push_");
        var count = Count(await Lines(Counter));
        Advance(5);
        Status(400, await Put(path, body));
        Assert.Equal(before, await Lines("a{", "push_"));
        Assert.Equal(count + 1, Count(await Lines(Counter)));
        Assert.Equal(["job=j"], await Groups());
    }

    [Fact]
    public async Task P110_P308_P320_A_timestamp_is_refused_and_makes_a_group_that_only_failed()
    {
        await Refused("/metrics/job/j", "a 1\nb 1 1000\n", Inconsistent + "pushed metrics must not have timestamps");
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        await Shows("push_time_seconds{instance=\"\",job=\"j\"} 0", $"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Fact]
    public async Task P145_P329_Grouping_labels_win_and_instance_is_filled_in()
    {
        await Taken("/metrics/job/j/x/1", "a{job=\"other\",x=\"2\",z=\"3\"} 1\nb{instance=\"mine\"} 2\n");
        await Taken("/metrics/job/k/instance/i", "c{instance=\"other\"} 3\nd 4\n");
        await Shows(
            "a{instance=\"\",job=\"j\",x=\"1\",z=\"3\"} 1",
            "b{instance=\"mine\",job=\"j\",x=\"1\"} 2",
            "c{instance=\"i\",job=\"k\"} 3",
            "d{instance=\"i\",job=\"k\"} 4",
            $"push_time_seconds{{instance=\"\",job=\"j\",x=\"1\"}} {Now}",
            $"push_time_seconds{{instance=\"i\",job=\"k\"}} {Now}");
    }

    [Fact]
    public async Task P304_Two_metrics_with_labels()
    {
        await Taken("/metrics/job/testjob/instance/testinstance", "some_metric 3.14\nanother_metric{instance=\"testinstance\",job=\"testjob\"} 42\n");
        Assert.Equal(
            ["# TYPE another_metric untyped", "another_metric{instance=\"testinstance\",job=\"testjob\"} 42", "# TYPE some_metric untyped", "some_metric{instance=\"testinstance\",job=\"testjob\"} 3.14"],
            await Lines("some_metric", "another_metric", "# TYPE some_", "# TYPE another_"));
    }

    [Fact]
    public async Task P306_Job_and_instance_in_base64()
    {
        await Taken("/metrics/job@base64/dGVzdC9qb2I=/instance@base64/dGVzdGluc3RhbmNl", "some_metric 3.14\n");
        Assert.Equal(["instance=testinstance,job=test/job"], await Groups());
        await Shows("some_metric{instance=\"testinstance\",job=\"test/job\"} 3.14");
    }

    [Fact]
    public async Task P307_An_instance_in_the_body_only()
    {
        await Taken("/metrics/job/testjob", "some_metric 3.14\nanother_metric{instance=\"testinstance\",job=\"testjob\"} 42\n");
        Assert.Equal(["job=testjob"], await Groups());
        await Shows("some_metric{instance=\"\",job=\"testjob\"} 3.14", "another_metric{instance=\"testinstance\",job=\"testjob\"} 42");
    }

    [Fact]
    public async Task P309_Protobuf_of_several_families()
    {
        var native = new ProtobufBody().Number(4, 8.0).Number(2, 1.5).ZigZag(5, 3).Number(6, 1e-9).Number(8, 2.5)
            .Message(9, new ProtobufBody().ZigZag(1, 0).Varint(2, 2)).Number(11, 2.0).Number(11, -1.0)
            .Message(12, new ProtobufBody().ZigZag(1, 0).Varint(2, 2)).Number(14, 2.0).Number(14, -1.0);
        Status(200, await PutProtobuf(
            "/metrics/job/testjob/instance/testinstance",
            Family("some_metric", 3, Plain(5, 1.234)),
            Family("another_metric", 3, Plain(5, 3.14)),
            Family("native", 4, Labelled().Message(7, native))));
        await Shows("some_metric{instance=\"testinstance\",job=\"testjob\"} 1.234", "another_metric{instance=\"testinstance\",job=\"testjob\"} 3.14");
        var scrape = await Get("/metrics", ("Accept", ContentType));
        foreach (var part in new[] { new ProtobufBody().Number(11, 2.0).Number(11, -1.0), new ProtobufBody().Number(14, 2.0).Number(14, -1.0) })
        {
            // Packed or not, the two counts follow each other.
            Assert.True(scrape.Body.AsSpan().IndexOf(part.ToArray().AsSpan(1, 8)) > 0);
        }
    }

    [Fact]
    public async Task P321_Groups_are_merged_by_family()
    {
        await Taken("/metrics/job/job1", "# TYPE mf gauge\nmf{labelname=\"val1\"} 1\n");
        await Taken("/metrics/job/job2/instance/instance2", "# TYPE mf gauge\nmf{labelname=\"val2\"} 2\n");
        await Taken("/metrics/job/job3/instance/instance1", "");
        await Taken("/metrics/job/job4", "# TYPE mf gauge\nmf{labelname=\"val1\"} 3\n");
        Assert.Equal(
            [
                "# TYPE mf gauge",
                "mf{instance=\"\",job=\"job1\",labelname=\"val1\"} 1",
                "mf{instance=\"\",job=\"job4\",labelname=\"val1\"} 3",
                "mf{instance=\"instance2\",job=\"job2\",labelname=\"val2\"} 2",
            ],
            await Lines("mf{", "# TYPE mf "));
        Assert.Equal(5, (await Lines("push_time_seconds{", "# TYPE push_time_seconds ")).Length);
    }

    [Fact]
    public async Task P322_A_family_pushed_again_is_replaced()
    {
        await Taken("/metrics/job/job1/instance/instance2", "# TYPE mf3 untyped\nmf3{labelname=\"val1\"} 42\n");
        Status(200, await Post("/metrics/job/job1/instance/instance1", "# TYPE mf1 counter\nmf1{labelname=\"val2\"} 1\n"));
        Status(200, await Post("/metrics/job/job1/instance/instance1", "# TYPE mf2 histogram\nmf2_bucket{le=\"1\"} 2\nmf2_count 2\nmf2_sum 1\n"));
        Status(200, await Post("/metrics/job/job1/instance/instance1", "# TYPE mf1 counter\nmf1{labelname=\"val3\"} 5\n"));
        Assert.Equal(["mf1{instance=\"instance1\",job=\"job1\",labelname=\"val3\"} 5"], await Lines("mf1"));
        Assert.Equal(4, (await Lines("mf2_")).Length);
        Assert.Equal(2, (await Lines("push_time_seconds{")).Length);
    }

    [Fact]
    public async Task P330_A_history_of_successes_and_failures()
    {
        const string Failure = "push_failure_time_seconds{instance=\"\",job=\"j\"} ";
        ErrorLike(400, Inconsistent, await Put("/metrics/job/j", "a 1 1\n"));
        var failed = Now;
        Advance(5);
        await Taken("/metrics/job/j", "a 1\n");
        await Shows(Failure + failed, "a{instance=\"\",job=\"j\"} 1");
        await Taken("/metrics/job/j", "b 2\n");
        Assert.Equal(["b", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        Advance(5);
        ErrorLike(400, Inconsistent, await Put("/metrics/job/j", "c 1 1\n"));
        Assert.Equal(["b", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        await Shows(Failure + Now);
        await Taken("/metrics/job/j", "");
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds"], await Families("j"));
    }
}
