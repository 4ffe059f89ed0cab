using System.Text.Json;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>What a query may cost, what is told of it, and its tree.</summary>
public sealed class QueryLimitTests
{
    // Each of its eleven thousand steps looks at a hundred thousand points: far more than a minute's work.
    private const string Endless = "query_range?start=0&end=1000&step=0.1&query=stddev_over_time(vector(1)[100000s:1s])";

    [Fact]
    public async Task Too_many_samples_are_refused()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { SampleGateway = false, QueryMaxSamples = 100 });
        var answer = await server.SendAsync("GET", "/api/v1/query_range?query=vector(1)&start=0&end=100&step=1");
        Assert.Equal(422, answer.Status);
        Assert.Equal(
            "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"query processing would load too many samples into memory in query execution\"}",
            answer.Body);
        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/query_range?query=vector(1)&start=0&end=99&step=1")).Status);
    }

    [Theory]
    [InlineData("&timeout=50ms", 120_000)]
    [InlineData("&timeout=1h", 50)]
    [InlineData("", 50)]
    public async Task A_query_ends_with_its_time(string parameter, int setting)
    {
        await using var server = await TestServer.StartAsync(
            new ServerOptions { SampleGateway = false, QueryTimeout = TimeSpan.FromMilliseconds(setting) });
        var answer = await server.SendAsync("GET", "/api/v1/" + Endless + parameter);
        Assert.Equal(503, answer.Status);
        Assert.Equal("{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out in expression evaluation\"}", answer.Body);
    }

    [Fact]
    public async Task Waiting_for_a_turn_counts_and_a_client_that_leaves_frees_its_place()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { SampleGateway = false, QueryMaxConcurrency = 1 });
        using var leaving = new CancellationTokenSource();
        var first = server.Client.GetAsync(new Uri("/api/v1/" + Endless, UriKind.Relative), leaving.Token);
        string waiting;
        do
        {
            // Until the first query has the one place, others get through.
            waiting = (await server.SendAsync("GET", "/api/v1/query?query=1&timeout=20ms")).Body;
        }
        while (waiting.Contains("success", StringComparison.Ordinal));

        Assert.Equal("{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"query timed out in query queue\"}", waiting);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(200, (await server.SendAsync("GET", "/api/v1/query?query=1&timeout=100s")).Status);
    }

    [Fact]
    public async Task Statistics_come_when_asked_for()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { SampleGateway = false });
        await server.SendAsync("PUT", "/metrics/job/j", "m{x=\"1\"} 1\nm{x=\"2\"} 2\n");
        Assert.DoesNotContain("stats", (await server.SendAsync("GET", "/api/v1/query?query=m:pushed")).Body, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await server.SendAsync("GET", "/api/v1/query?query=count_over_time(m:pushed[5m])&stats=all")).Body);
        var stats = json.RootElement.GetProperty("data").GetProperty("stats");
        Assert.Equal(2, stats.GetProperty("samples").GetProperty("totalQueryableSamples").GetInt32());
        Assert.Equal(2, stats.GetProperty("samples").GetProperty("samplesRead").GetInt32());
        Assert.Equal(
            ["evalTotalTime", "resultSortTime", "queryPreparationTime", "innerEvalTime", "execQueueTime", "execTotalTime"],
            stats.GetProperty("timings").EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("1", "{\"type\":\"numberLiteral\",\"val\":\"1\"}")]
    [InlineData("\"x\"", "{\"type\":\"stringLiteral\",\"val\":\"x\"}")]
    [InlineData(
        "-foo{a!=\"b\"}[5m:1m]@start()",
        "")]
    [InlineData(
        "foo{a=~\"b\"} offset 5m",
        "{\"anchored\":false,\"matchers\":[{\"name\":\"a\",\"type\":\"=~\",\"value\":\"b\"},{\"name\":\"__name__\",\"type\":\"=\",\"value\":\"foo\"}],"
            + "\"name\":\"foo\",\"offset\":300000,\"smoothed\":false,\"startOrEnd\":null,\"timestamp\":null,\"type\":\"vectorSelector\"}")]
    [InlineData(
        "time() * on (a) group_left (b) x",
        "")]
    [InlineData(
        "sum by (a) (rate(m[1m]))",
        "{\"expr\":{\"args\":[{\"anchored\":false,\"matchers\":[{\"name\":\"__name__\",\"type\":\"=\",\"value\":\"m\"}],\"name\":\"m\",\"offset\":0,"
            + "\"range\":60000,\"smoothed\":false,\"startOrEnd\":null,\"timestamp\":null,\"type\":\"matrixSelector\"}],"
            + "\"func\":{\"argTypes\":[\"matrix\"],\"name\":\"rate\",\"returnType\":\"vector\",\"variadic\":0},\"type\":\"call\"},"
            + "\"grouping\":[\"a\"],\"op\":\"sum\",\"param\":null,\"type\":\"aggregation\",\"without\":false}")]
    [InlineData(
        "a == bool (b)",
        "{\"bool\":true,\"lhs\":{\"anchored\":false,\"matchers\":[{\"name\":\"__name__\",\"type\":\"=\",\"value\":\"a\"}],\"name\":\"a\",\"offset\":0,"
            + "\"smoothed\":false,\"startOrEnd\":null,\"timestamp\":null,\"type\":\"vectorSelector\"},\"matching\":{\"card\":\"one-to-one\","
            + "\"fillValues\":{\"lhs\":null,\"rhs\":null},\"include\":[],\"labels\":[],\"on\":false},\"op\":\"==\",\"rhs\":{\"expr\":{\"anchored\":false,"
            + "\"matchers\":[{\"name\":\"__name__\",\"type\":\"=\",\"value\":\"b\"}],\"name\":\"b\",\"offset\":0,\"smoothed\":false,\"startOrEnd\":null,"
            + "\"timestamp\":null,\"type\":\"vectorSelector\"},\"type\":\"parenExpr\"},\"type\":\"binaryExpr\"}")]
    [InlineData(
        "+(x[5m:1m] offset 1s)",
        "")]
    public async Task A_tree_as_json(string query, string tree)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { SampleGateway = false });
        var answer = await server.SendAsync("GET", "/api/v1/parse_query?query=" + Uri.EscapeDataString(query));
        if (tree.Length == 0)
        {
            Assert.Equal(400, answer.Status);
            Assert.Contains("invalid parameter \\\"query\\\": ", answer.Body, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal("{\"status\":\"success\",\"data\":" + tree + "}", answer.Body);
        }
    }
}
