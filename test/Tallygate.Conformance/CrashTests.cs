using System.Globalization;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>Kill -9 at any moment: every acknowledged push is counted exactly once, an unacknowledged one at most once.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Connections = 8;

    [Fact]
    public async Task Kill_9_during_pushes_loses_and_doubles_nothing()
    {
        var rounds = Soak.Rounds(full: 200, reduced: 20);
        output.WriteLine($"{rounds} rounds, seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var folder = new TempFolder();
        var port = Ports.Free();

        // Each push of a group has a value of its own (1, 2, 3 …), so the pushed series must show each acknowledged value once.
        var acknowledged = Enumerable.Range(0, Connections).Select(_ => new HashSet<long>()).ToArray();
        var unknown = Enumerable.Range(0, Connections).Select(_ => new HashSet<long>()).ToArray();
        var next = new long[Connections];
        var last = new long[Connections];
        var total = 0;
        for (var round = 0; round < rounds; round++)
        {
            using var server = await ServerProcess.TallygateAsync(folder.Path, port, "--log.level=error");
            using var stop = new CancellationTokenSource();
            var clients = Enumerable.Range(0, Connections).Select(group => Task.Run(async () =>
            {
                using var http = new HttpClient();
                while (!stop.IsCancellationRequested)
                {
                    var value = ++next[group];
                    try
                    {
                        using var answer = await http.PutAsync(
                            $"{server.Url}/metrics/job/crash/group/{group}", new StringContent($"# TYPE work gauge\nwork {value}\nother{{a=\"b\"}} 1\n"), stop.Token);
                        if ((int)answer.StatusCode == 200)
                        {
                            acknowledged[group].Add(value);
                            last[group] = value;
                        }
                        else
                        {
                            Assert.Equal(429, (int)answer.StatusCode);
                        }
                    }
                    catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
                    {
                        unknown[group].Add(value);
                        return;
                    }
                }
            })).ToArray();
            await Task.Delay(random.Next(20, 250));
            server.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(clients);

            using var again = await ServerProcess.TallygateAsync(folder.Path, port, "--log.level=error");
            var metrics = await again.GetAsync("/metrics");
            for (var group = 0; group < Connections; group++)
            {
                // The last acknowledged push shows, or one that was not answered and comes after it.
                if (last[group] > 0)
                {
                    var shown = Shown(metrics, group);
                    Assert.True(shown == last[group] || (shown > last[group] && unknown[group].Contains(shown)), $"round {round}: group {group} shows {shown}, acknowledged {last[group]}");
                    last[group] = Math.Max(last[group], shown);
                }
            }

            again.Kill();
        }

        using (var server = await ServerProcess.TallygateAsync(folder.Path, port, "--log.level=error"))
        {
            for (var group = 0; group < Connections; group++)
            {
                var counts = await CountsAsync(server, group);
                foreach (var value in acknowledged[group])
                {
                    Assert.True(counts.GetValueOrDefault(value) == 1, $"group {group}: acknowledged push {value} is counted {counts.GetValueOrDefault(value)} times");
                }

                foreach (var (value, count) in counts)
                {
                    Assert.True(acknowledged[group].Contains(value) || (unknown[group].Contains(value) && count == 1), $"group {group}: {value} is counted {count} times");
                }

                total += acknowledged[group].Count;
            }
        }

        output.WriteLine($"{total} acknowledged pushes, {unknown.Sum(u => u.Count)} unanswered");
        Assert.True(total > rounds, "hardly any push was acknowledged");
    }

    private static long Shown(string metrics, int group)
    {
        var start = metrics.IndexOf($"\nwork{{group=\"{group}\",instance=\"\",job=\"crash\"}} ", StringComparison.Ordinal);
        Assert.True(start >= 0, $"group {group} is not in /metrics");
        var text = metrics[(metrics.IndexOf('}', start) + 2)..metrics.IndexOf('\n', start + 1)];
        return (long)double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>How often each value stands in the pushed series.</summary>
    private static async Task<Dictionary<long, int>> CountsAsync(ServerProcess server, int group)
    {
        var query = $"work:pushed{{job=\"crash\",group=\"{group}\"}}[1d]";
        using var document = System.Text.Json.JsonDocument.Parse(await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query)));
        var counts = new Dictionary<long, int>();
        foreach (var series in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            foreach (var sample in series.GetProperty("values").EnumerateArray())
            {
                var value = (long)double.Parse(sample[1].GetString()!, CultureInfo.InvariantCulture);
                counts[value] = counts.GetValueOrDefault(value) + 1;
            }
        }

        return counts;
    }
}
