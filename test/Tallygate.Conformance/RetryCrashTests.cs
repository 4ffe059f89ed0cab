using System.Globalization;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>Kill -9 at any moment, with clients that retry with the same key until they get an answer: every run is counted once.</summary>
public sealed class RetryCrashTests(ITestOutputHelper output)
{
    private const int Connections = 8;

    [Fact]
    public async Task Kill_9_during_pushes_with_keys_counts_every_run_once()
    {
        var kills = Soak.Rounds(full: 300, reduced: 15);
        output.WriteLine($"{kills} kills, seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var folder = new TempFolder();
        var port = Ports.Free();
        using var stop = new CancellationTokenSource();
        var pushed = new long[Connections];
        var replayed = 0L;
        var clients = Enumerable.Range(0, Connections).Select(group => Task.Run(async () =>
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            while (!stop.IsCancellationRequested)
            {
                var value = pushed[group] + 1;
                if (await UntilAnsweredAsync(http, port, group, value))
                {
                    Interlocked.Increment(ref replayed);
                }

                pushed[group] = value;
            }
        })).ToArray();
        for (var kill = 0; kill < kills; kill++)
        {
            using var server = await ServerProcess.TallygateAsync(folder.Path, port, "--log.level=error");
            await Task.Delay(random.Next(20, 250));
            server.Kill();
        }

        using var last = await ServerProcess.TallygateAsync(folder.Path, port, "--log.level=error");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        for (var group = 0; group < Connections; group++)
        {
            // Pushes 1, 2, 3 …: each value once, as a run of one push and as a run of two.
            var n = pushed[group];
            Assert.Equal(n, await SumAsync(last, $"count_over_time(work:pushed{{group=\"{group}\"}}[1d])"));
            Assert.Equal(n * (n + 1) / 2.0, await SumAsync(last, $"sum_over_time(work:pushed{{group=\"{group}\"}}[1d])"));
        }

        output.WriteLine($"{pushed.Sum()} runs, {replayed} answers were replays");
    }

    /// <summary>Pushes one run, every fourth in two pushes, each until there is an answer. Returns whether one was a replay.</summary>
    private static async Task<bool> UntilAnsweredAsync(HttpClient http, int port, int group, long value)
    {
        var replayed = false;
        if (value % 4 == 0)
        {
            replayed |= await PushAsync(http, port, group, $"work {value - 1}\n", $"{value}-start", $"?run_id=r{value}");
        }

        return replayed | await PushAsync(http, port, group, $"work {value}\n", $"{value}", value % 4 == 0 ? $"?run_id=r{value}&run_state=finished" : "");
    }

    private static async Task<bool> PushAsync(HttpClient http, int port, int group, string body, string key, string query)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"http://127.0.0.1:{port}/metrics/job/retry/group/{group}{query}")
            {
                Content = new StringContent("# TYPE work gauge\n" + body),
            };
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                using var answer = await http.SendAsync(request);
                if ((int)answer.StatusCode == 200)
                {
                    return answer.Headers.Contains("Idempotent-Replayed");
                }

                Assert.True((int)answer.StatusCode is 429 or 503, await answer.Content.ReadAsStringAsync());
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // The server was killed, or is not there yet.
            }

            await Task.Delay(10);
        }
    }

    private static async Task<double> SumAsync(ServerProcess server, string query)
    {
        using var document = JsonDocument.Parse(await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query)));
        var result = document.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
