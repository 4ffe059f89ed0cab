using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapters 4.1 and 6: what the store refuses, and that nothing poisons it.</summary>
public sealed class RefusalRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private const string CollectedBefore = "was collected before with the same name and label values";

    [Fact]
    public async Task P120_The_same_series_twice_in_a_body() => await Refused(
        "/metrics/job/j",
        "a{x=\"1\"} 1\na{x=\"1\"} 2\n",
        Inconsistent + "collected metric \"a\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"j\"} label:{name:\"x\" value:\"1\"} untyped:{value:2} } " + CollectedBefore);

    [Fact]
    public async Task P120_The_same_series_twice_once_the_labels_are_set()
    {
        var answer = await Put("/metrics/job/j/x/0", "a{x=\"1\"} 1\na{x=\"2\"} 2\n");
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", answer);
        Assert.EndsWith(CollectedBefore + "\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P120_The_same_series_in_another_group()
    {
        await Taken("/metrics/job/j", "a{x=\"1\"} 1\n");
        var answer = await Put("/metrics/job/j/x/1", "a 1\n");
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", answer);
        Assert.EndsWith(CollectedBefore + "\n", answer.Text, StringComparison.Ordinal);
        await Shows("push_time_seconds{instance=\"\",job=\"j\",x=\"1\"} 0");
    }

    [Fact]
    public async Task P120_Several_errors_are_listed()
    {
        var answer = await Put("/metrics/job/j", "a 1\na 2\nb 1\nb 2\n");
        ErrorLike(400, Inconsistent + "2 error(s) occurred:\n* collected metric \"a\" {", answer);
        Assert.Contains("\n* collected metric \"b\" {", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P121_P147_Another_group_has_another_type()
    {
        await Taken("/metrics/job/j", "# TYPE a counter\na 1\n");
        var answer = await Put("/metrics/job/k", "# TYPE a gauge\na 1\n");
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", answer);
        Assert.EndsWith("is not a COUNTER\n", answer.Text, StringComparison.Ordinal);
        await Shows("# TYPE a counter");
    }

    [Fact]
    public async Task P123_The_same_label_twice_in_protobuf() => Error(
        400,
        "collected metric \"a\" has two or more labels with the same name: x",
        await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1, ("x", "1"), ("x", "2")))));

    [Fact]
    public async Task P124_Labels_of_the_system()
    {
        var answer = await Put("/metrics/job/j", "a{__foo=\"1\"} 1\n");
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", answer);
        Assert.EndsWith("has a label with an invalid name: __foo\n", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P38_P125_A_summary_may_have_no_quantile_label()
    {
        var answer = await Put("/metrics/job/j/quantile/0.5", "# TYPE a summary\na_count 1\n");
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", answer);
        Assert.EndsWith("must not have an explicit \"quantile\" label\n", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_count 1\n", "collected metric named \"h_count\" collides with previously collected histogram named \"h\"")]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_sum 1\n", "collected metric named \"h_sum\" collides with previously collected histogram named \"h\"")]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_bucket 1\n", "collected metric named \"h_bucket\" collides with previously collected histogram named \"h\"")]
    [InlineData("# TYPE h summary\nh_count 1\n", "h_count 1\n", "collected metric named \"h_count\" collides with previously collected summary named \"h\"")]
    [InlineData("a_count 1\n", "# TYPE a summary\na_sum 1\n", "collected histogram or summary named \"a\" collides with previously collected metric named \"a_count\"")]
    [InlineData("a_sum 1\n", "# TYPE a histogram\na_count 1\n", "collected histogram or summary named \"a\" collides with previously collected metric named \"a_sum\"")]
    [InlineData("a_bucket 1\n", "# TYPE a histogram\na_count 1\n", "collected histogram named \"a\" collides with previously collected metric named \"a_bucket\"")]
    [InlineData("", "go_gc_duration_seconds_count 1\n", "collected metric named \"go_gc_duration_seconds_count\" collides with previously collected summary named \"go_gc_duration_seconds\"")]
    public async Task P127_Suffixes_collide(string first, string second, string text)
    {
        await Taken("/metrics/job/j", first);
        await Refused("/metrics/job/k", second, Inconsistent + text);
    }

    [Theory]
    [InlineData("# TYPE h histogram\nh_count 1\n", "h_total 1\nh_created 2\n")]
    [InlineData("# TYPE h summary\nh_count 1\n", "h_bucket 1\n")]
    [InlineData("h 1\n", "h_count 1\nh_sum 1\nh_bucket 1\n")]
    public async Task P127_Others_do_not(string first, string second)
    {
        await Taken("/metrics/job/j", first);
        await Taken("/metrics/job/k", second);
    }

    [Fact]
    public Task P128_P328_An_own_name_with_another_type() => Refused(
        "/metrics/job/j",
        "go_goroutines 5\n",
        Inconsistent + "gathered metric family go_goroutines has type UNTYPED but should have GAUGE");

    [Fact]
    public async Task P129_P332_Help_of_own_names()
    {
        await Refused(
            "/metrics/job/j",
            "# TYPE pushgateway_http_requests_total counter\npushgateway_http_requests_total 5\n",
            Inconsistent + "gathered metric family pushgateway_http_requests_total has help \"\" but should have \"Total HTTP requests processed by the Pushgateway, excluding scrapes.\"");
        await Taken("/metrics/job/j", "# HELP go_goroutines Mine.\n# TYPE go_goroutines gauge\ngo_goroutines 5\n");
        await Shows("# HELP go_goroutines Number of goroutines that currently exist.", "go_goroutines{instance=\"\",job=\"j\"} 5");
        await ShowsNo("# HELP go_goroutines Mine.");
    }

    [Fact]
    public async Task P130_P131_Label_names_and_help_may_differ()
    {
        await Taken("/metrics/job/j", "# HELP a One.\na{x=\"1\"} 1\na{y=\"2\",z=\"3\"} 2\n");
        await Taken("/metrics/job/k", "# HELP a Two.\na 3\n");
        Assert.Equal(3, (await Lines("a{")).Length);
    }

    [Fact]
    public async Task P140_P350_Instance_empty_and_absent_are_one_group()
    {
        await Taken("/metrics/job/j", "a 1\n");
        var answer = await Put("/metrics/job/j/instance/", "b 1\n");
        ErrorLike(400, Inconsistent + "collected metric \"push_time_seconds\" {", answer);
        Assert.EndsWith(CollectedBefore + "\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(["job=j"], await Groups());
        await Taken("/metrics/job/other");
        await Shows("a{instance=\"\",job=\"j\"} 1");
        Status(202, await Delete("/metrics/job/j"));
        await Taken("/metrics/job/j/instance/", "b 1\n");
        Status(400, await Put("/metrics/job/j", "b 1\n"));
    }

    [Fact]
    public async Task P141_A_grouping_label_le_beside_a_histogram()
    {
        await Taken("/metrics/job/j/le/7", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_count 1\n");
        await Shows("h_bucket{instance=\"\",job=\"j\",le=\"7\",le=\"1\"} 1");
    }

    [Fact]
    public async Task P144_Bytes_that_are_not_utf8_make_no_group_to_delete()
    {
        Status(400, await Put("/metrics/job@base64/_w"));
        Status(202, await Delete("/metrics/job@base64/_w"));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P328_A_failure_is_remembered_through_successes()
    {
        ErrorLike(400, Inconsistent, await Put("/metrics/job/j", "# TYPE go_goroutines counter\ngo_goroutines 5\n"));
        var failed = Now;
        await Shows($"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {failed}");
        Advance(5);
        await Taken("/metrics/job/j", "a{instance=\"inst\"} 1\n");
        await Shows($"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {failed}");
        Advance(5);
        ErrorLike(400, Inconsistent, await Put("/metrics/job/j/instance/inst", "a 1\n"));
        await Shows("push_time_seconds{instance=\"inst\",job=\"j\"} 0", $"push_failure_time_seconds{{instance=\"inst\",job=\"j\"}} {Now}");
    }
}
