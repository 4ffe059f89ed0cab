using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapters 12 and the API tests of 23: the query API.</summary>
public sealed class QueryApiRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task P171_P341_Nothing_pushed()
    {
        var answer = await Get("/api/v1/metrics");
        Assert.Equal((200, "application/json", "{\"status\":\"success\",\"data\":[]}"), (answer.Status, answer.Header("Content-Type"), answer.Text));
    }

    [Theory]
    [InlineData("GET", "/api/v1/status")]
    [InlineData("GET", "/api/v1/metrics")]
    [InlineData("OPTIONS", "/api/v1/metrics")]
    public async Task P172_Other_origins_may_ask(string method, string path)
    {
        var answer = await Send(method, path, null);
        Assert.Equal("Accept, Authorization, Content-Type, Origin", answer.Header("Access-Control-Allow-Headers"));
        Assert.Equal("GET, POST, DELETE, OPTIONS", answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("Date", answer.Header("Access-Control-Expose-Headers"));
        Assert.Equal("no-cache, no-store, must-revalidate", answer.Header("Cache-Control"));
        Assert.Null((await Put("/metrics/job/j")).Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task P173_P340_Status()
    {
        using var json = await Json("/api/v1/status");
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(["branch", "buildDate", "buildUser", "goVersion", "revision", "version"], data.GetProperty("build_information").EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            [
                "log.format", "log.level", "persistence.file", "persistence.interval", "push.disable-consistency-check", "push.enable-utf8-names", "web.config.file",
                "web.enable-admin-api", "web.enable-lifecycle", "web.external-url", "web.listen-address", "web.route-prefix", "web.systemd-socket", "web.telemetry-path",
            ],
            data.GetProperty("flags").EnumerateObject().Select(p => p.Name));
        Assert.Equal("false", data.GetProperty("flags").GetProperty("push.disable-consistency-check").GetString());
        Assert.Equal("5m0s", data.GetProperty("flags").GetProperty("persistence.interval").GetString());
        Assert.True(data.GetProperty("start_time").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task P174_P354_Groups_come_in_the_order_of_their_labels()
    {
        await Taken("/metrics/job/b");
        await Taken("/metrics/job/a/x/1");
        await Taken("/metrics/job/a");
        using var json = await Json("/api/v1/metrics");
        Assert.Equal(["a", "a", "b"], json.RootElement.GetProperty("data").EnumerateArray().Select(g => g.GetProperty("labels").GetProperty("job").GetString()!));
    }

    [Fact]
    public async Task P175_P176_Families_and_metrics()
    {
        await Taken("/metrics/job/j", "# TYPE c counter\nc 1e6\n# HELP g Words.\n# TYPE g gauge\ng -0\nu NaN\n# TYPE h histogram\nh_bucket{le=\"0.1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n");
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data")[0];
        Assert.Equal(["time_stamp", "type", "metrics"], group.GetProperty("c").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["time_stamp", "type", "help", "metrics"], group.GetProperty("g").EnumerateObject().Select(p => p.Name));
        Assert.Equal(("COUNTER", "GAUGE", "UNTYPED", "HISTOGRAM"), (Type("c"), Type("g"), Type("u"), Type("h")));
        Assert.Equal("[{\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"value\":\"1e+06\"}]", Metrics("c"));
        Assert.Equal("[{\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"value\":\"-0\"}]", Metrics("g"));
        Assert.Equal("[{\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"value\":\"NaN\"}]", Metrics("u"));
        Assert.Equal("[{\"buckets\":{\"+Inf\":\"2\",\"0.1\":\"1\"},\"count\":\"2\",\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"sum\":\"3\"}]", Metrics("h"));

        string? Type(string name) => group.GetProperty(name).GetProperty("type").GetString();
        string Metrics(string name) => group.GetProperty(name).GetProperty("metrics").GetRawText();
    }

    [Fact]
    public async Task P177_P266_P344_Histograms_that_count_in_floats()
    {
        await Taken("/metrics/job/j", "# TYPE h histogram\nh_bucket{le=\"250000\"} 3\nh_bucket{le=\"500000\"} 17\nh_sum 99.23\nh_count 20\n# TYPE f histogram\nf_bucket{le=\"1\"} 1.5\nf_count 2.5\n");
        Assert.Equal("{\"250000\":\"3\",\"500000\":\"17\"}", await Buckets("h"));
        Assert.Equal("{\"1\":\"1.5\"}", await Buckets("f"));
    }

    [Fact]
    public async Task P178_A_metric_called_like_a_fixed_member_takes_its_place()
    {
        await Taken("/metrics/job/j", "labels 1\nlast_push_successful 2\n");
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data")[0];
        Assert.Equal("UNTYPED", group.GetProperty("labels").GetProperty("type").GetString());
        Assert.Equal("UNTYPED", group.GetProperty("last_push_successful").GetProperty("type").GetString());
    }

    [Fact]
    public async Task P179_The_worked_example()
    {
        await Taken("/metrics/job/batch/instance/i1", "# HELP g A gauge\n# TYPE g gauge\ng{x=\"1\"} NaN\n");
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data")[0];
        Assert.Equal(["g", "labels", "last_push_successful", "push_failure_time_seconds", "push_time_seconds"], group.EnumerateObject().Select(p => p.Name));
        Assert.Equal("[{\"labels\":{\"instance\":\"i1\",\"job\":\"batch\",\"x\":\"1\"},\"value\":\"NaN\"}]", group.GetProperty("g").GetProperty("metrics").GetRawText());
        Assert.Equal("[{\"labels\":{\"instance\":\"i1\",\"job\":\"batch\"},\"value\":\"0\"}]", group.GetProperty("push_failure_time_seconds").GetProperty("metrics").GetRawText());
        Assert.Equal($"[{{\"labels\":{{\"instance\":\"i1\",\"job\":\"batch\"}},\"value\":\"{Now}\"}}]", group.GetProperty("push_time_seconds").GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task P342_Quotes_backslashes_and_umlauts()
    {
        await Taken("/metrics/job/Bj%C3%B6rn/instance@base64/aW5zdCdhIm5cY2Ux");
        Assert.Equal(["instance=inst'a\"n\\ce1,job=Björn"], await Groups());
    }

    [Fact]
    public async Task P323_P343_A_summary_without_observations()
    {
        await Taken("/metrics/job/j", "# TYPE s summary\ns_count 0\ns_sum 0\n");
        using var json = await Json("/api/v1/metrics");
        var family = json.RootElement.GetProperty("data")[0].GetProperty("s");
        Assert.False(family.TryGetProperty("help", out _));
        Assert.Equal("[{\"count\":\"0\",\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"quantiles\":{},\"sum\":\"0\"}]", family.GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task P345_Native_histograms_of_integers()
    {
        var native = new ProtobufBody().Varint(1, 8).Number(2, 1).ZigZag(5, 1).Varint(7, 0)
            .Message(9, Span(0, 4)).ZigZag(10, 0).ZigZag(10, 2).ZigZag(10, -2).ZigZag(10, 0)
            .Message(12, Span(0, 4)).ZigZag(13, 0).ZigZag(13, 2).ZigZag(13, -2).ZigZag(13, 0);
        Status(200, await PutProtobuf("/metrics/job/j", Family("h", 4, Labelled().Message(7, native))));
        Assert.Matches("^\\[\\[1,\"-1\\.414213562373095\\d?\",\"-1\",\"2\"\\],\\[0,\"1\",\"1\\.414213562373095\\d?\",\"2\"\\]\\]$", await Buckets("h"));
    }

    [Fact]
    public async Task P346_Native_histograms_of_floats()
    {
        var native = new ProtobufBody().Number(4, 8.0).Number(2, 1).ZigZag(5, 1)
            .Message(9, Span(0, 4)).Number(11, 2.0).Number(11, 2.0).Number(11, -2.0).Number(11, 0.0)
            .Message(12, Span(0, 4)).Number(14, 2.0).Number(14, 2.0).Number(14, -2.0).Number(14, 0.0);
        Status(200, await PutProtobuf("/metrics/job/j", Family("h", 4, Labelled().Message(7, native))));
        using var json = JsonDocument.Parse(await Buckets("h"));
        Assert.Equal(6, json.RootElement.GetArrayLength());
        Assert.Matches("^\\[1,\"-2\",\"-1\\.414213562373095\\d?\",\"-2\"\\]$", json.RootElement[0].GetRawText());
        Assert.Matches("^\\[0,\"1\\.414213562373095\\d?\",\"2\",\"-2\"\\]$", json.RootElement[5].GetRawText());
    }

    [Fact]
    public async Task P347_Times_have_all_their_digits()
    {
        Advance(0.0257448);
        await Taken("/metrics/job/j");
        using var json = await Json("/api/v1/metrics");
        var stamp = json.RootElement.GetProperty("data")[0].GetProperty("push_time_seconds").GetProperty("time_stamp").GetString();
        Assert.Matches("^2026-11-22T\\d\\d:\\d\\d:\\d\\d\\.\\d{7}Z$", stamp);
    }

    [Fact]
    public async Task P347_Times_stand_in_the_zone_of_the_server()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2020, 3, 9, 19, 24, 8, TimeSpan.Zero).AddTicks(257_448));
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("there", new TimeSpan(5, 30, 0), "there", "there"));
        await using var server = await Tests.Server.TestServer.StartAsync(time: time);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "m 1\n")).Status);
        var (_, metrics, _) = await server.SendAsync("GET", "/api/v1/metrics");
        Assert.Contains("\"time_stamp\":\"2020-03-10T00:54:08.0257448+05:30\"", metrics, StringComparison.Ordinal);
        var (_, status, _) = await server.SendAsync("GET", "/api/v1/status");
        Assert.Contains("\"start_time\":\"2020-03-10T00:54:08.0257448+05:30\"", status, StringComparison.Ordinal);
    }

    private static ProtobufBody Span(int offset, int length) => new ProtobufBody().ZigZag(1, offset).Varint(2, (ulong)length);

    private async Task<string> Buckets(string family)
    {
        using var json = await Json("/api/v1/metrics");
        return json.RootElement.GetProperty("data")[0].GetProperty(family).GetProperty("metrics")[0].GetProperty("buckets").GetRawText();
    }
}
