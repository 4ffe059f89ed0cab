using System.IO.Compression;
using System.Text;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 8: what a scrape gets.</summary>
public sealed class ExpositionRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8; escaping=";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=";
    private const string AskProtobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    [Fact]
    public async Task P146_P354_The_latest_help_wins_but_not_one_that_says_nothing()
    {
        await Taken("/metrics/job/a", "# HELP m First.\nm 1\n");
        Advance(1);
        await Taken("/metrics/job/b", "# HELP m Second.\nm 1\n");
        await Shows("# HELP m Second.");
        Advance(1);
        await Taken("/metrics/job/c", "m 1\n");
        await Shows("# HELP m Second.");
        Advance(1);
        await Taken("/metrics/job/a", "# HELP m First.\nm 1\n");
        await Shows("# HELP m First.");
    }

    [Fact]
    public async Task P147_One_type_line_and_help_before_it()
    {
        await Taken("/metrics/job/a", "# TYPE m gauge\n# HELP m Some.\nm 1\nn 1\n");
        Assert.Equal(["# HELP m Some.", "# TYPE m gauge", "m{instance=\"\",job=\"a\"} 1", "# TYPE n untyped"], await Lines("# HELP m ", "# TYPE m ", "m{", "# HELP n ", "# TYPE n "));
    }

    [Fact]
    public async Task P148_The_order_of_families_and_metrics()
    {
        await Taken("/metrics/job/j", "zz 1\na{k=\"5\"} 1\na{l=\"2\"} 1\na{l=\"1\"} 1\na{b=\"9\",c=\"9\"} 1\nZ 1\na 1\n");
        Assert.Equal(
            ["Z{instance=\"\",job=\"j\"} 1", "a{instance=\"\",job=\"j\"} 1", "a{instance=\"\",job=\"j\",l=\"1\"} 1", "a{instance=\"\",job=\"j\",l=\"2\"} 1", "a{instance=\"\",job=\"j\",k=\"5\"} 1", "a{b=\"9\",c=\"9\",instance=\"\",job=\"j\"} 1", "zz{instance=\"\",job=\"j\"} 1"],
            await Lines("Z{", "a{", "zz{"));
        var families = (await Page()).Split('\n').Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]).ToArray();
        Assert.Equal(families.Order(StringComparer.Ordinal), families);
    }

    [Theory]
    [InlineData("999999", "999999")]
    [InlineData("1000000", "1e+06")]
    [InlineData("1234567", "1.234567e+06")]
    [InlineData("1234567.891", "1.234567891e+06")]
    [InlineData("123456.789", "123456.789")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("9007199254740993", "9.007199254740992e+15")]
    [InlineData("2.98023223876953125e-08", "2.9802322387695312e-08")]
    [InlineData("-0", "0")]
    [InlineData("1e308", "1e+308")]
    public async Task P149_Numbers(string pushed, string shown)
    {
        await Taken("/metrics/job/j", $"m {pushed}\n# TYPE s summary\ns{{quantile=\"{pushed}\"}} 1\n# TYPE h histogram\nh_bucket{{le=\"{pushed}\"}} 1\n");
        await Shows($"m{{instance=\"\",job=\"j\"}} {shown}", $"s{{instance=\"\",job=\"j\",quantile=\"{shown}\"}} 1", $"h_bucket{{instance=\"\",job=\"j\",le=\"{shown}\"}} 1");
    }

    [Fact]
    public async Task P149_Escapes()
    {
        await Taken("/metrics/job/j", "# HELP m b\\\\s n\\nl \"q\"\nm{x=\"b\\\\s n\\nl \\\"q\\\"\"} 1\n");
        await Shows("# HELP m b\\\\s n\\nl \"q\"", "m{instance=\"\",job=\"j\",x=\"b\\\\s n\\nl \\\"q\\\"\"} 1");
    }

    [Theory]
    [InlineData("", Text + "underscores")]
    [InlineData("application/json", Text + "underscores")]
    [InlineData("application/openmetrics-text;version=1.0.0", Text + "underscores")]
    [InlineData("text/plain;version=1.0.0", Text + "underscores")]
    [InlineData("*/*", Text + "underscores")]
    [InlineData("text/plain;version=0.0.4;escaping=allow-utf-8", Text + "allow-utf-8")]
    [InlineData("text/plain;escaping=dots", Text + "dots")]
    [InlineData("text/plain;escaping=values", Text + "values")]
    [InlineData("text/plain;escaping=nonsense", Text + "underscores")]
    [InlineData(AskProtobuf, Protobuf + "underscores")]
    [InlineData(AskProtobuf + ";escaping=allow-utf-8", Protobuf + "allow-utf-8")]
    [InlineData(AskProtobuf + ";q=0.5,text/plain;version=0.0.4;q=0.7", Text + "underscores")]
    [InlineData("text/plain;version=0.0.4;q=0.5," + AskProtobuf + ";q=0.7", Protobuf + "underscores")]
    [InlineData("application/vnd.google.protobuf;encoding=delimited", Text + "underscores")]
    public async Task P151_P152_P265_What_is_asked_for_and_what_comes(string accept, string type)
    {
        await Taken("/metrics/job/j");
        var answer = await Get("/metrics", ("Accept", accept));
        Assert.Equal((200, type), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal(type.StartsWith(Text, StringComparison.Ordinal), answer.Text.Contains("\nm{instance=\"\",job=\"j\"} 1\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task P151_A_delimited_scrape_is_a_sequence_of_families()
    {
        await Taken("/metrics/job/j", "# TYPE m gauge\nm 4\n");
        var answer = await Get("/metrics", ("Accept", AskProtobuf));
        var family = ProtobufBody.Of(ProtobufBody.Family("m", 1, ProtobufBody.Plain(2, 4, ("instance", ""), ("job", "j"))));
        Assert.True(answer.Body.AsSpan().IndexOf(family.AsSpan(1)) > 0);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=1.0, *;q=0.5", true)]
    [InlineData("gzip;q=0.1", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity, gzip;q=0.5", false)]
    [InlineData("GZIP", false)]
    [InlineData("*", false)]
    [InlineData("deflate", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    public async Task P153_P265_Packing(string accept, bool packed)
    {
        await Taken("/metrics/job/j");
        var answer = await Get("/metrics", ("Accept-Encoding", accept));
        Assert.Equal((200, packed ? "gzip" : null), (answer.Status, answer.Header("Content-Encoding")));
        using var reader = new StreamReader(packed ? new GZipStream(new MemoryStream(answer.Body), CompressionMode.Decompress) : new MemoryStream(answer.Body), Encoding.UTF8);
        Assert.Contains("\nm{instance=\"\",job=\"j\"} 1\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P154_The_empty_instance_is_spelled_out()
    {
        await Taken("/metrics/job/j");
        await Shows("m{instance=\"\",job=\"j\"} 1");
    }

    [Theory]
    [InlineData("/metrics?name[]=up")]
    [InlineData("/metrics?match[]=up")]
    public async Task P155_Nothing_filters(string target)
    {
        await Taken("/metrics/job/j");
        Assert.Contains("\nm{instance=\"\",job=\"j\"} 1\n", (await Get(target)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P331_The_query_api_has_the_pushed_families_and_the_two_times()
    {
        await Taken("/metrics/job/j", "a 1\nb 2\n");
        Assert.Equal(["a", "b", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
    }
}
