using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Rules;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>Prometheus's API over real sockets: shapes to the byte where clients depend on them.</summary>
public sealed class PrometheusApiTests
{
    [Theory]
    [InlineData("query?query=1%2B1&time=4", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[4,\"2\"]}}")]
    [InlineData("query?query=%22a%22&time=1.5", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1.500,\"a\"]}}")]
    [InlineData("query?query=nothing&time=4", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")]
    [InlineData("query?query=vector(1e21)&time=1970-01-01T00:00:04Z", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[4,\"1e+21\"]}]}}")]
    [InlineData("query_range?query=1&start=0&end=2&step=1", 200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[0,\"1\"],[1,\"1\"],[2,\"1\"]]}]}}")]
    [InlineData("query?query=1&time=x", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"time\\\": cannot parse \\\"x\\\" to a valid timestamp\"}")]
    [InlineData("query?query=1&timeout=1ns", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"timeout\\\": cannot parse \\\"1ns\\\" to a valid duration\"}")]
    [InlineData("query_range?query=1&start=2&end=1&step=1", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"end\\\": end timestamp must not be before start time\"}")]
    [InlineData("query_range?query=1&start=0&end=11001&step=1", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)\"}")]
    [InlineData("query_range?query=x[1m]&start=0&end=1&step=1", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"query\\\": invalid expression type \\\"range vector\\\" for range query, must be Scalar or instant Vector\"}")]
    [InlineData("series", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no match[] parameter provided\"}")]
    [InlineData("series?match[]={x=\"\"}", 400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"match[]\\\": match[] must contain at least one non-empty matcher\"}")]
    [InlineData("labels", 200, "{\"status\":\"success\",\"data\":[]}")]
    [InlineData("rules", 200, "{\"status\":\"success\",\"data\":{\"groups\":[]}}")]
    [InlineData("alerts", 200, "{\"status\":\"success\",\"data\":{\"alerts\":[]}}")]
    [InlineData("query_exemplars?query=x&start=0&end=1", 200, "{\"status\":\"success\",\"data\":[]}")]
    [InlineData("format_query?query=a%2Bb", 200, "{\"status\":\"success\",\"data\":\"a + b\"}")]
    public async Task Answers_are_Prometheus_s_to_the_byte(string request, int status, string body)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { SampleGateway = false });
        var answer = await server.SendAsync("GET", "/api/v1/" + request);
        Assert.Equal(body, answer.Body);
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_pushed_sample_is_there_as_soon_as_the_push_is_answered()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await using var server = await TestServer.StartAsync(time: clock);
        await server.SendAsync("PUT", "/metrics/job/j", "m{x=\"ä\\\"\"} 1.5\n");
        var form = await server.SendAsync("POST", "/api/v1/query", "query=m%3Apushed&time=1700000000", "application/x-www-form-urlencoded");
        Assert.Equal(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"m:pushed\",\"job\":\"j\",\"x\":\"ä\\\"\"},\"value\":[1700000000,\"1.5\"]}]}}",
            form.Body);
        Assert.Equal("{\"status\":\"success\",\"data\":[\"j\"]}", (await server.SendAsync("GET", "/api/v1/label/job/values?match[]=m:pushed")).Body);
        Assert.Equal(
            "{\"status\":\"success\",\"data\":[{\"__name__\":\"m:pushed\",\"job\":\"j\",\"x\":\"ä\\\"\"}]}",
            (await server.SendAsync("GET", "/api/v1/series?match[]=m:pushed")).Body);
        Assert.Equal("{\"status\":\"success\",\"data\":{\"m\":[{\"type\":\"unknown\",\"help\":\"\",\"unit\":\"\"}]}}",
            (await server.SendAsync("GET", "/api/v1/metadata?metric=m")).Body);
    }

    [Fact]
    public async Task Limits_cut_and_say_so()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "m{x=\"1\"} 1\nm{x=\"2\"} 2\n");
        using var json = JsonDocument.Parse((await server.SendAsync("GET", "/api/v1/query?query=m:pushed&limit=1")).Body);
        Assert.Single(json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().ToList());
        Assert.Equal("[\"results truncated due to limit\"]", json.RootElement.GetProperty("warnings").GetRawText());
    }

    [Fact]
    public async Task Browsers_of_other_origins_may_ask()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync("GET", "/api/v1/query?query=1", headers: ("Origin", "http://example.org"));
        Assert.Equal("*", answer.Response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("GET, POST, OPTIONS", answer.Response.Headers.GetValues("Access-Control-Allow-Methods").Single());
        Assert.Contains("Origin", answer.Response.Headers.Vary);
        Assert.Equal(204, (await server.SendAsync("OPTIONS", "/api/v1/query")).Status);
    }

    [Fact]
    public async Task Build_info_names_a_version_and_no_features()
    {
        await using var server = await TestServer.StartAsync();
        using var json = JsonDocument.Parse((await server.SendAsync("GET", "/api/v1/status/buildinfo")).Body);
        var data = json.RootElement.GetProperty("data");
        Assert.Equal(["version", "revision", "branch", "buildUser", "buildDate", "goVersion"], data.EnumerateObject().Select(p => p.Name));
        Assert.StartsWith("3.", data.GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recipe_runs_over_the_sampled_view_and_the_rules_are_shown()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var config = new LoadedConfig
        {
            RuleGroups =
            [
                new RuleGroupDefinition
                {
                    File = "recipe.yml", Name = "example", Interval = TimeSpan.FromSeconds(15), Phase = TimeSpan.FromSeconds(7),
                    Rules =
                    [
                        new RuleDefinition
                        {
                            Record = "records_processed_dedupe",
                            Expr = "(records_processed and last_push_time_seconds{job=\"myjob\"} != push_time_seconds{job=\"myjob\"}) or push_time_seconds{job=\"myjob\"} * 0",
                        },
                        new RuleDefinition { Record = "last_push_time_seconds", Expr = "max_over_time(push_time_seconds{job=\"myjob\"}[5m])" },
                    ],
                },
            ],
        };
        await using var server = await TestServer.StartAsync(time: clock, config: config);
        for (var run = 1; run <= 4; run++)
        {
            Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/myjob", $"records_processed {run * 100}\n")).Status);
            for (var second = 0; second < 60; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                server.Tallygate.StepAll(clock.GetUtcNow().ToUnixTimeMilliseconds());
            }
        }

        var time = clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal("1000", await ValueAsync("sum_over_time(records_processed:pushed[1d])"));
        Assert.Equal("900", await ValueAsync("sum_over_time(records_processed_dedupe[1d])"));
        Assert.NotEqual("1000", await ValueAsync("sum_over_time(records_processed[1d])"));
        using var rules = JsonDocument.Parse((await server.SendAsync("GET", "/api/v1/rules?type=record")).Body);
        var group = rules.RootElement.GetProperty("data").GetProperty("groups")[0];
        Assert.Equal(["name", "file", "rules", "interval", "limit", "evaluationTime", "lastEvaluation"], group.EnumerateObject().Select(p => p.Name));
        Assert.Equal("ok", group.GetProperty("rules")[0].GetProperty("health").GetString());

        async Task<string> ValueAsync(string query)
        {
            using var json = JsonDocument.Parse((await server.SendAsync("GET", $"/api/v1/query?time={time}&query={Uri.EscapeDataString(query)}")).Body);
            return json.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString()!;
        }
    }
}
