using System.Text.Json;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>Exemplars and metadata over a real socket.</summary>
public sealed class ExemplarApiTests
{
    private static readonly ServerOptions _options = new() { Features = ["exemplar-storage", "metadata-wal-records"] };

    private const string Pushed = """
        # TYPE a counter
        # HELP a How many.
        a_total 5 # {trace_id="t1"} 0.5 1700000000.25
        # TYPE h histogram
        h_bucket{le="1"} 1 # {trace_id="t2"} 0.25 1700000001
        h_bucket{le="+Inf"} 2
        h_sum 3
        h_count 2
        # EOF

        """;

    private static async Task<string> GetAsync(HttpClient client, string path) =>
        await (await client.GetAsync("/api/v1/" + path, TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task Pushed_exemplars_are_sampled_and_stay_over_a_restart()
    {
        await using var server = await TestServer.StartAsync(_options);
        var push = await server.SendAsync("PUT", "/metrics/job/j", Pushed, "application/openmetrics-text; version=1.0.0");
        Assert.Equal((200, ""), (push.Status, push.Body));
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        server.Tallygate.StepSampling(now);
        server.Tallygate.StepSampling(now + 60_000);
        Assert.Contains("prometheus_tsdb_exemplar_exemplars_in_storage 2\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
        var client = server.Client;
        for (var life = 0; life < 2; life++)
        {
            Assert.Equal(
                """{"status":"success","data":[{"seriesLabels":{"__name__":"a_total","job":"j"},"exemplars":[{"labels":{"trace_id":"t1"},"value":"0.5","timestamp":1700000000.250}]}]}""",
                await GetAsync(client, "query_exemplars?query=rate(a_total%5B5m%5D)"));
            Assert.Equal(
                """{"status":"success","data":[{"seriesLabels":{"__name__":"h_bucket","job":"j","le":"1.0"},"exemplars":[{"labels":{"trace_id":"t2"},"value":"0.25","timestamp":1700000001}]}]}""",
                await GetAsync(client, "query_exemplars?query=sum(a_total)%2Bh_bucket&start=1700000001"));
            Assert.Equal("""{"status":"success","data":[]}""", await GetAsync(client, "query_exemplars?query=a_total%7Bjob%3D%22other%22%7D"));
            client = await server.RestartAsync(_options);
        }
    }

    [Theory]
    [InlineData("query_exemplars?query=1%2B2", """{"status":"success"}""")]
    [InlineData("query_exemplars?query=a&start=2&end=1", """{"status":"error","errorType":"bad_data","error":"end timestamp must not be before start timestamp"}""")]
    [InlineData("query_exemplars?query=a&start=x", """{"status":"error","errorType":"bad_data","error":"invalid parameter \"start\": cannot parse \"x\" to a valid timestamp"}""")]
    [InlineData("query_exemplars?query=a%7B", """{"status":"error","errorType":"bad_data","error":"1:3: parse error: unexpected end of input inside braces"}""")]
    [InlineData("targets/metadata?limit=x", """{"status":"error","errorType":"bad_data","error":"limit must be a number"}""")]
    [InlineData("targets/metadata?match_target=%7B", """{"status":"error","errorType":"bad_data","error":"invalid parameter \"match_target\": 1:2: parse error: unexpected end of input inside braces"}""")]
    [InlineData("targets/metadata", """{"status":"success","data":[]}""")]
    [InlineData("metadata?limit_per_metric=x", """{"status":"error","errorType":"bad_data","error":"limit_per_metric must be a number"}""")]
    public async Task Answers_have_Prometheus_s_shape(string request, string body)
    {
        await using var server = await TestServer.StartAsync(_options with { SampleGateway = false });
        Assert.Equal(body, (await server.SendAsync("GET", "/api/v1/" + request)).Body);
    }

    [Fact]
    public async Task Metadata_of_the_sampled_view_is_shown_by_target()
    {
        await using var server = await TestServer.StartAsync(_options);
        await server.SendAsync("PUT", "/metrics/job/j", Pushed, "application/openmetrics-text; version=1.0.0");
        using var one = JsonDocument.Parse(await GetAsync(server.Client, "targets/metadata?metric=h&match_target=%7Bjob%3D%22tallygate%22%7D"));
        var shown = Assert.Single(one.RootElement.GetProperty("data").EnumerateArray());
        Assert.Equal("tallygate", shown.GetProperty("target").GetProperty("job").GetString());
        Assert.False(shown.TryGetProperty("metric", out _));
        Assert.Equal("histogram", shown.GetProperty("type").GetString());

        using var all = JsonDocument.Parse(await GetAsync(server.Client, "targets/metadata"));
        Assert.Contains("push_time_seconds", all.RootElement.GetProperty("data").EnumerateArray().Select(static m => m.GetProperty("metric").GetString()));
        Assert.Equal("""{"status":"success","data":[]}""", await GetAsync(server.Client, "targets/metadata?match_target=%7Bjob%3D%22other%22%7D"));
        Assert.Equal("""{"status":"success","data":[]}""", await GetAsync(server.Client, "targets/metadata?limit=0"));
    }

    [Fact]
    public async Task Without_the_feature_there_are_none()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions());
        await server.SendAsync("PUT", "/metrics/job/j", Pushed, "application/openmetrics-text; version=1.0.0");
        server.Tallygate.StepSampling(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        Assert.Equal("""{"status":"success","data":[]}""", await GetAsync(server.Client, "query_exemplars?query=a_total"));
    }
}
