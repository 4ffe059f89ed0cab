using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Tallygate.PromQL;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>The pushed series are made from the log: without them a start makes them again, and every answer is the same to the byte.</summary>
public sealed class RebuildTests : IDisposable
{
    private const string Yaml = """
        gateway:
          totals:
            - match: '{__name__=~".+"}'
              without: [run]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-rebuild-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Without_its_pushed_series_a_server_starts_and_answers_the_same_to_the_byte(int seed)
    {
        var random = new Random(seed);
        List<string> before;
        await using (var server = await StartAsync())
        {
            using var client = Client(server);
            for (var i = 0; i < 400; i++)
            {
                await PushAsync(client, random, i);
                if (random.Next(40) == 0)
                {
                    await DeleteAsync(client, random);
                }

                _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 90_000)));
                server.StepGateway(Now());
                server.StepStorage(Now());
            }

            before = await AskAsync(client, seed);
            Assert.Contains(before, a => a.Contains("records:pushed", StringComparison.Ordinal) && a.Length > 5000);
        }

        var restarted = await AskAnewAsync(seed);
        Directory.Delete(Path.Combine(_folder, "data", "pushes"), recursive: true);
        var rebuilt = await AskAnewAsync(seed);
        Assert.Equal(before, restarted);
        Assert.Equal(before, rebuilt);
    }

    private static async Task PushAsync(HttpClient client, Random random, int i)
    {
        var group = $"/metrics/job/j{random.Next(4)}/run/r{random.Next(3)}";
        var query = random.Next(8) switch
        {
            0 => $"?run_id=i{i / 3}",
            1 => $"?run_id=i{i / 3}&run_state=finished",
            2 => $"?push_time={(1_795_348_800 - random.Next(0, 500_000)).ToString(CultureInfo.InvariantCulture)}",
            3 => $"?idempotency_key=k{random.Next(20)}",
            _ => "",
        };
        var body = random.Next(6) switch
        {
            0 => $"# TYPE h histogram\nh_bucket{{le=\"1\"}} {i}\nh_bucket{{le=\"+Inf\"}} {i + 2}\nh_sum {i * 1.1}\nh_count {i + 2}\n",
            1 => $"# TYPE s summary\ns{{quantile=\"0.5\"}} NaN\ns_sum 9\ns_count {i}\n",
            2 => "go_goroutines{x=\"1\"} 1\n",
            _ => $"records{{type=\"a\"}} {random.NextDouble() * 1e6:R}\nrecords{{type=\"b\"}} {i}\n",
        };
        var method = random.Next(20) == 0 ? HttpMethod.Delete : random.Next(2) == 0 ? HttpMethod.Put : HttpMethod.Post;
        using var request = new HttpRequestMessage(method, group + query) { Content = method == HttpMethod.Delete ? null : new StringContent(body) };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode is 200 or 202 or 400 or 409 or 422 or 429, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task DeleteAsync(HttpClient client, Random random)
    {
        var start = (Now() / 1000) - random.Next(0, 20_000);
        var match = Uri.EscapeDataString(random.Next(3) switch { 0 => "records:pushed{job=\"j1\"}", 1 => "{job=~\"j[23]\",run!=\"r0\"}", _ => "h:pushed" });
        using var answer = await client.PostAsync(
            $"/api/v1/admin/tsdb/delete_series?match[]={match}&start={start}&end={start + random.Next(1, 9_000)}", null, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
    }

    private async Task<List<string>> AskAsync(HttpClient client, int seed)
    {
        var random = new Random(seed);
        var end = Now() / 1000;
        var queries = new List<string>
        {
            $"query?time={end}&query=" + Uri.EscapeDataString("{__name__=~\".+:pushed\"}[8d]"),
            $"query?time={end}&query=" + Uri.EscapeDataString("sum_over_time({__name__=~\"records:pushed|h_sum:pushed\"}[8d])"),
            $"series?match[]={{job=~\".%2B\"}}&start=0&end={end}",
            "labels",
            "label/__name__/values",
            "totals",
            "metrics",
            "pushes?limit=1000",
        };
        for (var i = 0; i < 20; i++)
        {
            var at = end - random.Next(0, 40_000);
            queries.Add($"query?time={at}&query=" + Uri.EscapeDataString($"sum by (job) (sum_over_time(records:pushed[{random.Next(1, 600)}m]))"));
            queries.Add($"query_range?start={at - 7200}&end={at}&step=60&query=" + Uri.EscapeDataString("quantile_over_time(0.9, records:pushed[1h])"));
        }

        var answers = new List<string>();
        foreach (var query in queries)
        {
            answers.Add(query + "\n" + await client.GetStringAsync("/api/v1/" + query, TestContext.Current.CancellationToken));
        }

        return answers;
    }

    private async Task<List<string>> AskAnewAsync(int seed)
    {
        await using var server = await StartAsync();
        using var client = Client(server);
        return await AskAsync(client, seed);
    }

    private static HttpClient Client(TallygateServer server) => new() { BaseAddress = new Uri(server.Addresses[0]) };

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<TallygateServer> StartAsync()
    {
        var file = Path.Combine(_folder, "tallygate.yml");
        await File.WriteAllTextAsync(file, Yaml, TestContext.Current.CancellationToken);
        Assert.True(ConfigFile.TryLoad(file, new Engine(new EngineOptions(), _time), out var config, out var errors), string.Join("\n", errors));
        var server = TallygateServer.Create(
            new ServerOptions { ListenAddresses = ["127.0.0.1:0"], StoragePath = Path.Combine(_folder, "data"), SampleGateway = false, EnableAdminApi = true },
            new ServerSetup { Time = _time, Config = config });
        await server.OpenAsync();
        await server.StartHttpAsync();
        return server;
    }
}
