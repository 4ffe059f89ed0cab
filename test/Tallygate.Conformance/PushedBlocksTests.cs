using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>The pushed series are ordinary blocks: a Prometheus from Debian started on a copy of them sums them exactly.</summary>
public sealed class PushedBlocksTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_Prometheus_on_a_copy_of_the_blocks_sums_the_pushes_exactly()
    {
        var random = new Random(Soak.Seed);
        var count = Soak.Rounds(full: 3000, reduced: 300);
        output.WriteLine($"{count} pushes, seed {Soak.Seed}");
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        string snapshot;
        List<(string Job, double Time, double Value)> booked;
        using (var tallygate = await ServerProcess.TallygateAsync(data, null, "--web.enable-admin-api", "--no-gateway.sampling"))
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
            for (var i = 0; i < count; i++)
            {
                // Over six days, most of them late.
                var time = (now - (random.NextDouble() * 6 * 86_400)).ToString("F3", CultureInfo.InvariantCulture);
                using var answer = await tallygate.SendAsync(
                    HttpMethod.Put,
                    $"/metrics/job/j{random.Next(3)}" + (random.Next(10) > 0 ? $"?push_time={time}" : ""),
                    $"# TYPE records_processed gauge\nrecords_processed {random.Next(1, 100_000)}\n");
                Assert.Equal(200, (int)answer.StatusCode);
            }

            booked = Booked(await tallygate.GetAsync("/api/v1/pushes?format=ndjson&order=oldest"));
            using var made = await tallygate.SendAsync(HttpMethod.Post, "/api/v1/admin/tsdb/snapshot");
            using var named = JsonDocument.Parse(await made.Content.ReadAsStringAsync());
            snapshot = Path.Combine(data, "snapshots", named.RootElement.GetProperty("data").GetProperty("name").GetString()!, "pushes");
        }

        Assert.Equal(count, booked.Count);
        var blocks = Path.Combine(folder.Path, "blocks");
        using (var copy = Process.Start("cp", ["-r", snapshot, blocks]))
        {
            await copy.WaitForExitAsync();
        }

        using var prometheus = await ServerProcess.PrometheusAsync(folder.Write("empty.yml", "global: {}\n"), blocks, "--storage.tsdb.retention.time=30d");
        for (var i = 0; i < Soak.Rounds(full: 1000, reduced: 100); i++)
        {
            var job = $"j{random.Next(3)}";
            var end = Math.Round(booked[random.Next(count)].Time + random.Next(-100_000, 100_000), 3);
            var width = random.NextInt64(1, 3 * 86_400_000);
            if (booked.Exists(b => Near(b.Time, end) || Near(b.Time, end - (width / 1000.0))))
            {
                continue;
            }

            var wanted = booked.Where(b => b.Job == job && b.Time <= end && b.Time > end - (width / 1000.0)).ToList();
            var series = $"records_processed:pushed{{job=\"{job}\"}}[{width}ms]";
            Assert.Equal(wanted.Sum(b => b.Value), await PromApi.SumAsync(prometheus, $"sum_over_time({series})", end) ?? 0);
            Assert.Equal(wanted.Count, await PromApi.SumAsync(prometheus, $"count_over_time({series})", end) ?? 0);
        }
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 0.002;

    private static List<(string Job, double Time, double Value)> Booked(string lines)
    {
        var booked = new List<(string, double, double)>();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var entry = JsonDocument.Parse(line);
            var root = entry.RootElement;
            if (root.TryGetProperty("stamp", out var stamp))
            {
                var value = root.GetProperty("families")[0].GetProperty("metrics")[0].GetProperty("value").GetString()!;
                booked.Add((root.GetProperty("group").GetProperty("job").GetString()!, stamp.GetDouble(), double.Parse(value, CultureInfo.InvariantCulture)));
            }
        }

        return booked;
    }
}
