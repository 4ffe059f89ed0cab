using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>
/// Snapshots are taken while many connections push; the server is killed later. Each snapshot opens, is found whole by <c>tallygate log verify</c>,
/// and has every push that was acknowledged before it was asked for, once; Debian's Prometheus starts on its samples.
/// </summary>
public sealed class BackupTests(ITestOutputHelper output)
{
    private const int Connections = 8;

    private sealed record Taken(string Folder, long[] Before, double Time);

    [Fact]
    public async Task A_snapshot_under_load_has_every_push_acknowledged_before_it()
    {
        var snapshots = Soak.Rounds(full: 20, reduced: 4);
        output.WriteLine($"{snapshots} snapshots, seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        var configuration = folder.Write("tallygate.yml", "global: {scrape_interval: 1s}\n");

        // Each connection pushes 1, 2, 3 … to its group, one after the other: what was acknowledged is all up to a number.
        var acknowledged = new long[Connections];
        var taken = new List<Taken>();
        using (var server = await ServerProcess.TallygateAsync(data, null, "--web.enable-admin-api", $"--config.file={configuration}"))
        {
            var clients = Enumerable.Range(0, Connections).Select(group => Task.Run(() => PushAsync(server, group, acknowledged))).ToArray();
            for (var i = 0; i < snapshots; i++)
            {
                await Task.Delay(random.Next(200, 1200));
                taken.Add(await TakeAsync(server, data, acknowledged));
            }

            await Task.Delay(random.Next(0, 500));
            server.Kill();
            await Task.WhenAll(clients);
        }

        foreach (var snapshot in taken)
        {
            await AssertHolds(folder, snapshot, acknowledged);
        }

        await AssertHolds(folder, new Taken(data, [.. acknowledged], taken[^1].Time), acknowledged);
        output.WriteLine($"{acknowledged.Sum()} pushes acknowledged, {string.Join(", ", taken.Select(t => t.Before.Sum()))} before each snapshot");
        Assert.True(taken[0].Before.Min() > 0 && taken[^1].Before.Sum() < acknowledged.Sum(), "the snapshots were not taken while pushes ran");
    }

    private static async Task PushAsync(ServerProcess server, int group, long[] acknowledged)
    {
        using var http = new HttpClient();
        for (var value = 1L; ; value++)
        {
            try
            {
                using var answer = await http.PutAsync(
                    $"{server.Url}/metrics/job/backup/group/{group}?idempotency_key={value}", new StringContent($"# TYPE work gauge\nwork {value}\n"));
                if ((int)answer.StatusCode == 200)
                {
                    Volatile.Write(ref acknowledged[group], value);
                    continue;
                }

                // The second of this group is full: the same push again.
                Assert.Equal(429, (int)answer.StatusCode);
                value--;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static async Task<Taken> TakeAsync(ServerProcess server, string data, long[] acknowledged)
    {
        var before = Enumerable.Range(0, Connections).Select(g => Volatile.Read(ref acknowledged[g])).ToArray();
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        using var answer = await server.SendAsync(HttpMethod.Post, "/api/v1/admin/tsdb/snapshot");
        using var named = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return new Taken(Path.Combine(data, "snapshots", named.RootElement.GetProperty("data").GetProperty("name").GetString()!), before, time);
    }

    private static async Task AssertHolds(TempFolder folder, Taken snapshot, long[] acknowledged)
    {
        var copy = Path.Combine(folder.Path, $"restored-{Guid.NewGuid():n}");
        using (var process = Process.Start("cp", ["-r", snapshot.Folder, copy]))
        {
            await process.WaitForExitAsync();
        }

        var (code, text, error) = await Shell.RunAsync(ServerProcess.TallygateProgram, ["log", "verify", $"--storage.path={copy}"]);
        Assert.True(code == 0, text + error);
        var expression = $"count_over_time(up{{job=\"tallygate\"}}[1h] @ {snapshot.Time.ToString("F3", CultureInfo.InvariantCulture)})";
        double sampled;
        using (var restored = await ServerProcess.TallygateAsync(copy, null, "--no-gateway.sampling"))
        {
            var metrics = await restored.GetAsync("/metrics");
            for (var group = 0; group < Connections; group++)
            {
                var (least, most) = (snapshot.Before[group], acknowledged[group] + 1);
                var series = $"work:pushed{{job=\"backup\",group=\"{group}\"}}[1d]";
                var (count, sum, max) = (await AskAsync(restored, $"count_over_time({series})"), await AskAsync(restored, $"sum_over_time({series})"), await AskAsync(restored, $"max_over_time({series})"));
                Assert.True(count >= least && count <= most, $"group {group} has {count} pushes; {least} were acknowledged before, at most {most} in all");
                Assert.Equal((count, count * (count + 1) / 2), (max, sum));
                Assert.Contains($"\nwork{{group=\"{group}\",instance=\"\",job=\"backup\"}} {FloatOf(count)}\n", metrics, StringComparison.Ordinal);

                // The keys are there too: a retry of a push from before is known.
                using var again = await restored.SendAsync(HttpMethod.Put, $"/metrics/job/backup/group/{group}?idempotency_key={least}", $"# TYPE work gauge\nwork {least}\n");
                Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
            }

            sampled = await AskAsync(restored, expression);
        }

        var samples = Path.Combine(snapshot.Folder, "samples");
        if (Directory.Exists(Path.Combine(samples, "wal")))
        {
            // The data directory itself: what is in its head Prometheus cannot read.
            return;
        }

        var moved = Path.Combine(folder.Path, $"prometheus-{Guid.NewGuid():n}");
        using (var process = Process.Start("cp", ["-r", samples, moved]))
        {
            await process.WaitForExitAsync();
        }

        using var prometheus = await ServerProcess.PrometheusAsync(folder.Write("empty.yml", "global: {}\n"), moved);
        Assert.Equal(sampled, await AskAsync(prometheus, expression));
        Assert.True(sampled > 0);
    }

    private static async Task<double> AskAsync(ServerProcess server, string expression)
    {
        using var document = JsonDocument.Parse(await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(expression)));
        var result = document.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    private static string FloatOf(double count) => count < 1e6 ? count.ToString(CultureInfo.InvariantCulture) : throw new InvalidOperationException("too many pushes to write");
}
