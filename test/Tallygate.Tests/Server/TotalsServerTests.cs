using Microsoft.Extensions.Time.Testing;
using Tallygate.PromQL;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>Running totals from the configuration file to the page, the API and the sampled series.</summary>
public sealed class TotalsServerTests
{
    private const string Yaml = """
        gateway:
          zero_for: 30s
          late_window: 1h
          totals:
            - match: records
              without: [run]
            - match: '{__name__=~"load.*", job="j"}'
              kind: max
              by: [job]
        """;

    [Fact]
    public async Task Declared_totals_show_on_the_page_in_the_API_and_in_samples()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(time: time, config: Load(Yaml));
        await server.SendAsync("PUT", "/metrics/job/j/run/1", "records 2\nload_seconds 7\n");
        await server.SendAsync("PUT", "/metrics/job/j/run/2", "records 3\nload_seconds 5\n");
        Assert.Contains("\nrecords_pushed_total{instance=\"\",job=\"j\"} 0\n", await Page(server), StringComparison.Ordinal);
        Assert.Contains("{\"labels\":{\"instance\":\"\",\"job\":\"j\"},\"value\":\"5\"}", (await server.SendAsync("GET", "/api/v1/totals")).Body, StringComparison.Ordinal);
        server.Tallygate.StepSampling(time.GetUtcNow().ToUnixTimeMilliseconds());
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("\nrecords_pushed_total{instance=\"\",job=\"j\"} 5\n", await Page(server), StringComparison.Ordinal);
        Assert.Contains("\nload_seconds_pushed_max{instance=\"\",job=\"j\"} 7\n", await Page(server), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(30));
        server.Tallygate.StepSampling(time.GetUtcNow().ToUnixTimeMilliseconds());
        var query = await server.SendAsync("GET", "/api/v1/query?query=records_pushed_total[5m]&time=1795348860");
        Assert.Contains("{\"__name__\":\"records_pushed_total\",\"job\":\"j\"},\"values\":[[1795348800,\"0\"],[1795348860,\"5\"]]", query.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_totals_is_said_with_its_place()
    {
        const string Wrong = """
            gateway:
              run_timeout: 0s
              idempotency_keys: 0
              totals:
                - match: 'a{'
                - kind: sum
                - match: a
                  kind: median
                - match: a
                  by: [x]
                  without: [y]
                - match: '{x=~".*"}'
                - match: b
                - match: b
                  other: 1
            """;
        Assert.Equal(
            [
                "2:16: run_timeout must be greater than 0", "3:21: idempotency_keys must be between 1 and 100000000",
                "5:14: match: unexpected end of input inside braces", "6:7: a total needs a selector: match",
                "8:13: kind must be sum, count, last, max or min, not \"median\"", "10:7: a total has either by or without",
                "12:14: match must contain at least one non-empty matcher", "14:7: the same total is declared twice", "15:7: field other not found in total",
            ],
            Errors(Wrong).Order(Comparer<string>.Create((a, b) => Line(a).CompareTo(Line(b)))));
    }

    [Fact]
    public async Task Declared_schedules_show_on_the_page_and_what_is_wrong_with_them_is_said()
    {
        const string Wrong = """
            gateway:
              schedules:
                - match: '{job="a", shard="1"}'
                  every: 1h
                - every: 1h
                - match: '{job="a"}'
                - match: '{job="a"}'
                  every: 0s
            """;
        Assert.Equal(
            [
                "3:14: a schedule is about jobs: match may name no label but job", "5:7: a schedule needs a selector of jobs: match",
                "6:7: a schedule needs the time from one run to the next: every", "8:14: every must be greater than 0",
            ],
            Errors(Wrong).Order(Comparer<string>.Create((a, b) => Line(a).CompareTo(Line(b)))));
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(time: time, config: Load("""
            gateway:
              learn_schedules: false
              schedules:
                - match: '{job=~"night.*"}'
                  every: 1d
            """));
        await server.SendAsync("PUT", "/metrics/job/nightly", "records 2\n");
        time.Advance(TimeSpan.FromHours(27));
        var page = await Page(server);
        Assert.Contains("\ntallygate_job_overdue_seconds{instance=\"\",job=\"nightly\"} 2160\n", page, StringComparison.Ordinal);
        Assert.Contains("\ntallygate_job_runs_total{instance=\"\",job=\"nightly\",outcome=\"finished\"} 1\n", page, StringComparison.Ordinal);
    }

    private static int Line(string error) => int.Parse(error.AsSpan(0, error.IndexOf(':')));

    private static async Task<string> Page(TestServer server) => (await server.SendAsync("GET", "/metrics")).Body;

    private static LoadedConfig Load(string yaml)
    {
        using var file = new TempYaml(yaml);
        Assert.True(ConfigFile.TryLoad(file.Path, new Engine(new EngineOptions(), TimeProvider.System), out var config, out var errors), string.Join("\n", errors));
        return config;
    }

    private static List<string> Errors(string yaml)
    {
        using var file = new TempYaml(yaml);
        Assert.False(ConfigFile.TryLoad(file.Path, new Engine(new EngineOptions(), TimeProvider.System), out _, out var errors));
        return [.. errors.Select(e => e.ToString()[(file.Path.Length + 1)..])];
    }

    private sealed class TempYaml : IDisposable
    {
        public TempYaml(string text)
        {
            Path = System.IO.Path.GetTempFileName();
            File.WriteAllText(Path, text);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
