using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapters 3.2 and 19: delimited protobuf, and what only it can carry.</summary>
public sealed class ProtobufRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private const string Accepts = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    [Fact]
    public async Task P86_Families_until_the_end()
    {
        Status(200, await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1)), Family("b", 0, Plain(3, 2, ("x", "y")))));
        await Shows("# TYPE a gauge", "a{instance=\"\",job=\"j\"} 1", "# TYPE b counter", "b{instance=\"\",job=\"j\",x=\"y\"} 2");
        Status(200, await PutProtobuf("/metrics/job/j"));
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds"], await Families("j"));
    }

    [Fact]
    public async Task P87_Of_two_families_of_one_name_the_later_counts()
    {
        Status(200, await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1)), Family("a", 0, Plain(3, 2, ("x", "y")))));
        Assert.Equal(["# TYPE a counter", "a{instance=\"\",job=\"j\",x=\"y\"} 2"], await Lines("a{", "# TYPE a "));
    }

    [Fact]
    public async Task P88_P262_Truncated_protobuf()
    {
        var whole = Of(Family("a", 1, Plain(2, 1)));
        for (var length = 1; length < whole.Length; length++)
        {
            Error(400, "unexpected EOF", await Send("PUT", "/metrics/job/j", whole[..length], ("Content-Type", ContentType)));
        }

        Error(400, "unexpected EOF", await Send("PUT", "/metrics/job/j", "some_metric 3.14\n"u8.ToArray(), ("Content-Type", ContentType)));
        Status(400, await Send("PUT", "/metrics/job/j", [.. Enumerable.Repeat((byte)0xFF, 20)], ("Content-Type", ContentType)));
        Status(400, await Send("PUT", "/metrics/job/j", [5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], ("Content-Type", ContentType)));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P89_P122_Without_a_type_it_is_a_counter()
    {
        Status(200, await PutProtobuf("/metrics/job/j", Family("a", null, Plain(3, 1))));
        await Shows("# TYPE a counter");
        var answer = await PutProtobuf("/metrics/job/k", Family("b", null, Plain(2, 1)));
        Error(400, Inconsistent + "collected metric \"b\" { label:{name:\"instance\" value:\"\"} label:{name:\"job\" value:\"k\"} gauge:{value:1} } is not a COUNTER", answer);
    }

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a-b.c", "\"a-b.c\"")]
    [InlineData("a\nb 1", "\"a\\nb 1\"")]
    public async Task P90_P142_P353_Names_that_text_cannot_have_are_refused(string name, string quoted)
    {
        Error(400, "invalid metric name " + quoted, await PutProtobuf("/metrics/job/j", Family(name, 1, Plain(2, 1))));
        await Taken("/metrics/job/other");
        await Shows("m{instance=\"\",job=\"other\"} 1");
    }

    [Theory]
    [InlineData(9)]
    [InlineData(77)]
    public async Task P142_P353_Types_that_there_are_not_are_refused(int type)
    {
        Error(400, $"unknown metric type {type} of metric family \"a\"", await PutProtobuf("/metrics/job/j", Family("a", type, Plain(2, 1))));
        await ShowsNo("a{");
    }

    [Fact]
    public async Task P142_P353_A_gauge_histogram_without_histogram_is_refused()
    {
        ErrorLike(400, Inconsistent, await PutProtobuf("/metrics/job/j", Family("a", 5, Plain(2, 1))));
        await ShowsNo("a{");
    }

    [Fact]
    public async Task P91_P124_Label_names()
    {
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1, ("__x", "y")))));
        ErrorLike(400, Inconsistent + "collected metric \"a\" {", await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1, ("", "y")))));
        Status(200, await PutProtobuf("/metrics/job/j", Family("a", 1, Plain(2, 1, ("x-y", "z")))));
    }

    [Fact]
    public async Task P92_A_family_without_metrics_is_kept_but_not_shown()
    {
        Status(200, await PutProtobuf("/metrics/job/j", Family("a", 1)));
        await ShowsNo("# TYPE a ");
        using var json = await Json("/api/v1/metrics");
        Assert.Equal("[]", json.RootElement.GetProperty("data")[0].GetProperty("a").GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task P93_P240_P309_What_only_protobuf_carries_comes_back_in_protobuf()
    {
        var native = new ProtobufBody()
            .Number(4, 2.0).Number(2, 3.5).ZigZag(5, 1).Number(6, 0.001).Varint(7, 1)
            .Message(9, new ProtobufBody().ZigZag(1, 0).Varint(2, 3)).ZigZag(10, 1).ZigZag(10, -1).ZigZag(10, 2)
            .Message(12, new ProtobufBody().ZigZag(1, 1).Varint(2, 2)).ZigZag(13, 2).ZigZag(13, 0);
        var exemplar = new ProtobufBody().Message(1, new ProtobufBody().Text(1, "trace").Text(2, "abc")).Number(2, 0.5);
        var counter = new ProtobufBody().Message(3, new ProtobufBody().Number(1, 4).Message(2, exemplar));
        Status(200, await PutProtobuf("/metrics/job/j", Family("c", 0, counter), Family("h", 4, Labelled().Message(7, native))));

        // In text there is only the classic part: one bucket, sum, count.
        Assert.Equal(["h_bucket{instance=\"\",job=\"j\",le=\"+Inf\"} 2", "h_sum{instance=\"\",job=\"j\"} 3.5", "h_count{instance=\"\",job=\"j\"} 2"], await Lines("h_"));
        var answer = await Get("/metrics", ("Accept", Accepts));
        Assert.True(answer.Body.AsSpan().IndexOf(exemplar.ToArray()) > 0);
        Assert.True(answer.Body.AsSpan().IndexOf("\0abc"u8) < 0);

        // Pushed again under another job, the same comes out.
        Assert.StartsWith(Accepts.Replace(";", "; ", StringComparison.Ordinal), answer.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P241_A_float_native_histogram_is_told_by_its_count()
    {
        var native = new ProtobufBody().Number(4, 4.5).ZigZag(5, 0).Message(12, new ProtobufBody().ZigZag(1, 0).Varint(2, 1)).Number(14, 4.5);
        Status(200, await PutProtobuf("/metrics/job/j", Family("h", 4, Labelled().Message(7, native))));
        Assert.Contains("h_count{instance=\"\",job=\"j\"} 4.5", await Lines("h_"));
        using var json = await Json("/api/v1/metrics");
        Assert.Equal("[[0,\"0.5\",\"1\",\"4.5\"]]", json.RootElement.GetProperty("data")[0].GetProperty("h").GetProperty("metrics")[0].GetProperty("buckets").GetRawText());
    }
}
