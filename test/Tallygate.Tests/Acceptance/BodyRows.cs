using System.IO.Compression;
using System.Text;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 3: how a body comes, whatever is in it.</summary>
public sealed class BodyRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private static readonly byte[] OneFamily = ProtobufBody.Of(ProtobufBody.Family("p", 1, ProtobufBody.Plain(2, 7)));

    [Theory]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("APPLICATION/VND.GOOGLE.PROTOBUF;proto=io.prometheus.client.MetricFamily;encoding=delimited;charset=utf-8")]
    [InlineData("application/vnd.google.protobuf; encoding=\"delimited\"; proto=\"io.prometheus.client.MetricFamily\"")]
    public async Task P50_Protobuf_is_what_says_so(string type)
    {
        Status(200, await Send("PUT", "/metrics/job/j", OneFamily, ("Content-Type", type)));
        await Shows("p{instance=\"\",job=\"j\"} 7");
    }

    [Theory]
    [InlineData("application/vnd.google.protobuf")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text")]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=DELIMITED")]
    [InlineData("application/vnd.google.protobuf; proto=io.Prometheus.client.MetricFamily; encoding=delimited")]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task P50_All_else_is_text(string type)
    {
        Status(200, await Put("/metrics/job/j", "t 1\n", ("Content-Type", type)));
        await Shows("t{instance=\"\",job=\"j\"} 1");
        Status(400, await Send("PUT", "/metrics/job/j", OneFamily, ("Content-Type", type)));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    public async Task P51_P261_Gzip_in_any_case(string encoding)
    {
        Status(200, await Send("PUT", "/metrics/job/j", Gzip("t 1\n"), ("Content-Encoding", encoding)));
        await Shows("t{instance=\"\",job=\"j\"} 1");
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("x-gzip")]
    [InlineData("gzip, gzip")]
    public async Task P51_Other_encodings_are_ignored(string encoding)
    {
        Status(200, await Put("/metrics/job/j", "t 1\n", ("Content-Encoding", encoding)));
        await Shows("t{instance=\"\",job=\"j\"} 1");
    }

    [Theory]
    [InlineData("no gzip at all", "gzip: invalid header")]
    [InlineData("short", "unexpected EOF")]
    [InlineData("", "EOF")]
    public async Task P52_No_gzip_header(string body, string text)
    {
        var before = await Lines("pushgateway_http_requests_total{code=\"400\"");
        Error(400, text, await Put("/metrics/job/j", body, ("Content-Encoding", "gzip")));
        Error(400, text, await Put("/metrics/job/j/odd", body, ("Content-Encoding", "gzip")));
        Assert.Equal(before, await Lines("pushgateway_http_requests_total{code=\"400\""));
        Assert.Empty(await Groups());
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/-/healthy")]
    [InlineData("GET", "/nowhere")]
    [InlineData("PUT", "/metrics")]
    [InlineData("DELETE", "/metrics/job/j")]
    public async Task P53_Gzip_is_looked_at_before_the_route(string method, string path)
    {
        Error(400, "EOF", await Send(method, path, null, ("Content-Encoding", "gzip")));
        Error(400, "gzip: invalid header", await Send(method, path, "no gzip at all"u8.ToArray(), ("Content-Encoding", "gzip")));
    }

    [Fact]
    public async Task P53_The_query_api_does_not_look_at_bodies() => Status(200, await Get("/api/v1/metrics", ("Content-Encoding", "gzip")));

    [Fact]
    public async Task P54_Gzip_of_several_members()
    {
        Status(200, await Send("PUT", "/metrics/job/j", [.. Gzip("t 1\n"), .. Gzip("u 2\n")], ("Content-Encoding", "gzip")));
        await Shows("t{instance=\"\",job=\"j\"} 1", "u{instance=\"\",job=\"j\"} 2");
    }

    [Fact]
    public async Task P55_P262_A_truncated_body_is_refused_whole()
    {
        var body = Encoding.UTF8.GetBytes("zz 1\n" + new string('#', 94) + "\n");
        foreach (var cut in new[] { 0, 3, 5, 50 })
        {
            // Who hangs up mostly does not listen, and may get no answer.
            Assert.True((await Send(new RawRequest("PUT", "/metrics/job/j") { Body = body, CutAfter = cut })).Status is 0 or 400);
            Assert.True((await Send(new RawRequest("PUT", "/metrics/job/j") { Body = body, CutAfter = cut, ChunkBytes = 5 })).Status is 0 or 400);
        }

        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P55_P262_Truncated_gzip_is_refused_whole()
    {
        var packed = Gzip("t 1\nu 2\n");
        for (var length = 10; length < packed.Length; length++)
        {
            Error(400, "unexpected EOF", await Send("PUT", "/metrics/job/j", packed[..length], ("Content-Encoding", "gzip")));
        }

        Error(400, "gzip: invalid header", await Send("PUT", "/metrics/job/j", [.. packed, .. "trailing garbage"u8], ("Content-Encoding", "gzip")));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P56_Bodies_may_be_large()
    {
        var body = new StringBuilder();
        for (var i = 0; i < 60_000; i++)
        {
            body.Append("records_processed_by_shard{shard=\"").Append(i).Append("\",kind=\"a long enough value\"} ").Append(i).Append('\n');
        }

        await Taken("/metrics/job/j", body.ToString());
        Assert.Equal(60_000, (await Lines("records_processed_by_shard{")).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# a comment\n")]
    [InlineData("# HELP a b\n# TYPE a counter\n")]
    [InlineData("\n\n")]
    public async Task P57_P302_A_push_of_no_families(string body)
    {
        await Taken("/metrics/job/testjob", body);
        Assert.Equal(["job=testjob"], await Groups());
        Assert.Equal(["push_failure_time_seconds", "push_time_seconds"], await Families("testjob"));
        await Shows($"push_time_seconds{{instance=\"\",job=\"testjob\"}} {Now}");
    }

    [Fact]
    public async Task P58_Chunks_old_http_and_expect()
    {
        var body = "t 1\n"u8.ToArray();
        Status(200, await Send(new RawRequest("PUT", "/metrics/job/chunks") { Body = body, ChunkBytes = 1 }));
        Status(200, await Send(new RawRequest("PUT", "/metrics/job/old") { Body = body, Protocol = "HTTP/1.0" }));
        Status(200, await Send(new RawRequest("PUT", "/metrics/job/expect") { Body = body, Headers = [("Expect", "100-continue")] }));
        await Shows("t{instance=\"\",job=\"chunks\"} 1", "t{instance=\"\",job=\"old\"} 1", "t{instance=\"\",job=\"expect\"} 1");
    }

    [Fact]
    public async Task P59_A_deletion_ignores_its_body()
    {
        await Taken("/metrics/job/j");
        Status(202, await Send("DELETE", "/metrics/job/j", "no metrics at all"u8.ToArray()));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P60_The_first_check_that_fails_answers()
    {
        const string Bad = "a 1 1\nb\n";
        Error(400, "gzip: invalid header", await Put("/metrics/job@base64/!!/odd", "no gzip at all", ("Content-Encoding", "gzip")));
        await Refused("/metrics/job@base64/!!/odd", Bad, "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0");
        await Refused("/metrics/job@base64/=/odd", Bad, "odd number of components in label string \"/odd\"");
        await Refused("/metrics/job@base64/=", Bad, "job name is required");
        await Refused("/metrics/job/j", Bad, "text format parsing error in line 2: expected float as value, got \"\"");
        await Refused("/metrics/job/j", "# TYPE a summary\na{quantile=\"1\"} 1 1\n", Inconsistent + "pushed metrics must not have timestamps");
    }

    private static byte[] Gzip(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return target.ToArray();
    }
}
