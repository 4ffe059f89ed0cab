using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary><c>global.query_log_file</c>: what is written, and how a reload goes on with it.</summary>
public sealed class QueryLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-queries-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));

    private string ConfigPath => Path.Combine(_folder, "prometheus.yml");

    private string LogPath => Path.Combine(_folder, "query.log");

    [Fact]
    public async Task Queries_and_those_of_rules_are_told_in_Prometheus_s_form()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "rules.yml"), "groups: [{name: g, rules: [{record: r, expr: vector(3)}]}]\n");
        await using var server = await StartAsync("query_log_file: query.log", "rule_files: [rules.yml]");
        await server.SendAsync("GET", "/api/v1/query?query=vector(1)&time=12.5");
        await server.SendAsync("POST", "/api/v1/query_range", "query=%22é%22%2Bx&start=0&end=1&step=1", "application/x-www-form-urlencoded");
        await server.SendAsync("POST", "/api/v1/query_range", "query=up+%2B+on()+up&start=0&end=600&step=15", "application/x-www-form-urlencoded");
        await server.SendAsync("GET", "/api/v1/query?query=label_replace(vector(1),%22!%22,%22%22,%22%22,%22(%22)&time=1");
        await server.SendAsync("GET", "/api/v1/query?query=%22text%22&time=2");
        _clock.Advance(TimeSpan.FromMinutes(2));
        server.Tallygate.StepRules(_clock.GetUtcNow().ToUnixTimeMilliseconds());

        // What is no expression is not evaluated.
        var lines = Lines(LogPath);
        Assert.Equal(5, lines.Count);
        const string stats = ",\"stats\":{\"timings\":{";
        Assert.StartsWith(
            "{\"time\":\"2023-11-14T22:13:20.250Z\",\"level\":\"INFO\",\"msg\":\"promql query logged\",\"params\":{\"end\":\"1970-01-01T00:00:12.500Z\","
                + "\"query\":\"vector(1)\",\"start\":\"1970-01-01T00:00:12.500Z\",\"step\":0}" + stats,
            lines[0]);
        Assert.EndsWith("},\"httpRequest\":{\"clientIP\":\"127.0.0.1\",\"method\":\"GET\",\"path\":\"/api/v1/query\"}}", lines[0]);
        Assert.Contains("\"params\":{\"end\":\"1970-01-01T00:10:00.000Z\",\"query\":\"up + on() up\",\"start\":\"1970-01-01T00:00:00.000Z\",\"step\":15}" + stats, lines[1]);
        Assert.EndsWith("\"method\":\"POST\",\"path\":\"/api/v1/query_range\"}}", lines[1]);
        Assert.Contains("\"error\":\"", lines[2]);
        Assert.Contains("\"query\":\"\\\"text\\\"\"", lines[3]);
        Assert.EndsWith($",\"ruleGroup\":{{\"file\":{JsonSerializer.Serialize(Path.Combine(_folder, "rules.yml"))},\"name\":\"g\"}}}}", lines[4]);
        using var first = JsonDocument.Parse(lines[0]);
        var timings = first.RootElement.GetProperty("stats").GetProperty("timings").EnumerateObject().Select(static t => t.Name);
        Assert.Equal(["evalTotalTime", "resultSortTime", "queryPreparationTime", "innerEvalTime", "execQueueTime", "execTotalTime"], timings);
    }

    [Fact]
    public async Task A_reload_opens_the_file_anew_and_ends_with_the_key()
    {
        await using var server = await StartAsync("query_log_file: query.log");
        await AskAsync(server, "1");
        Assert.Equal("1", await GaugeAsync(server));

        // As rotating does it.
        File.Move(LogPath, LogPath + ".1");
        await AskAsync(server, "2");
        Assert.Empty(server.Tallygate.Reload());
        await AskAsync(server, "3");
        Assert.Equal(2, Lines(LogPath + ".1").Count);
        Assert.Contains("\"query\":\"3\"", Assert.Single(Lines(LogPath)));

        Write("");
        Assert.Empty(server.Tallygate.Reload());
        await AskAsync(server, "4");
        Assert.Single(Lines(LogPath));
        Assert.Equal("0", await GaugeAsync(server));
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_refuses_the_configuration()
    {
        await using var server = await StartAsync("query_log_file: query.log");
        Write("query_log_file: none/query.log");
        var error = Assert.Single(server.Tallygate.Reload());
        Assert.Contains($"cannot open the query log file {Path.Combine(_folder, "none/query.log")}: ", error.Message);
        await AskAsync(server, "5");
        Assert.Single(Lines(LogPath));
        await Assert.ThrowsAsync<StartException>(() => StartAsync("query_log_file: none/query.log"));
    }

    [Fact]
    public async Task A_query_that_is_tried_and_begun_anew_is_told_once()
    {
        await using var server = await StartAsync("query_log_file: query.log");
        await server.SendAsync("PUT", "/metrics/job/j", string.Concat(Enumerable.Range(0, 500).Select(static i => $"m{{x=\"{i}\"}} 1\n")));
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("\"500\"", (await server.SendAsync("GET", "/api/v1/query?query=count(m:pushed)&time=1700000000.25")).Body);
        }

        Assert.Equal(3, Lines(LogPath).Count);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<string> Lines(string path) => [.. File.ReadAllText(path).TrimEnd('\n').Split('\n')];

    private static async Task AskAsync(TestServer server, string query) => await server.SendAsync("GET", "/api/v1/query?query=" + query);

    private static async Task<string> GaugeAsync(TestServer server)
    {
        const string name = "\nprometheus_engine_query_log_enabled ";
        var text = (await server.SendAsync("GET", "/metrics")).Body;
        var at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return text[at..text.IndexOf('\n', at)];
    }

    private Task<TestServer> StartAsync(string key, string more = "")
    {
        Write(key, more);
        return TestServer.StartAsync(new ServerOptions { ConfigFile = ConfigPath, SampleGateway = false }, _clock);
    }

    private void Write(string key, string more = "") =>
        File.WriteAllText(ConfigPath, $"global:\n  scrape_interval: 15s\n  {key}\n{more}\n");
}
