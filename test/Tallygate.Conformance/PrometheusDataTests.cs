using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tallygate.Conformance;

/// <summary>
/// A data directory that Prometheus left after kill -9 opens as it is and answers as Prometheus does; blocks go the other way too: Debian's
/// promtool and Prometheus read what Tallygate writes.
/// </summary>
public sealed class PrometheusDataTests(ITestOutputHelper output)
{
    private static readonly string[] _expressions =
    [
        """count({job="self"})""",
        """count_over_time(up{job="self"}[1h])""",
        """max_over_time(scrape_samples_scraped{job="self"}[1h])""",
        """sort(last_over_time({__name__=~"process_.+|go_.+|pushgateway_.+",job="self"}[1h]))""",
    ];

    [Fact]
    public async Task A_killed_Prometheus_moves_in_and_out()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        using (var scraped = await ServerProcess.TallygateAsync(Path.Combine(folder.Path, "scraped")))
        {
            var configuration = folder.Write("prometheus.yml", $$"""
                global: {scrape_interval: 500ms}
                scrape_configs:
                  - job_name: self
                    static_configs: [{targets: ['127.0.0.1:{{scraped.Port}}']}]
                """);
            using var prometheus = await ServerProcess.PrometheusAsync(configuration, data);
            await Task.Delay(8000);
            prometheus.Kill();
        }

        // Both get the same directory; Prometheus without targets.
        var copy = Path.Combine(folder.Path, "copy");
        using (var process = Process.Start("cp", ["-r", data, copy]))
        {
            await process.WaitForExitAsync();
        }

        var empty = folder.Write("empty.yml", "global: {}\n");
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1;
        using var peer = await ServerProcess.PrometheusAsync(empty, copy);
        var tallygate = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling", "--web.enable-admin-api");
        for (var life = 0; life < 2; life++)
        {
            foreach (var expression in _expressions)
            {
                var path = $"/api/v1/query?time={time}&query={Uri.EscapeDataString(expression)}";
                var (wanted, had) = (Results(await peer.GetAsync(path)), Results(await tallygate.GetAsync(path)));
                Assert.NotEmpty(wanted);
                Assert.Equal(wanted, had);
            }

            tallygate.Kill();
            tallygate.Dispose();
            tallygate = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling", "--web.enable-admin-api");
        }

        using var answer = await tallygate.SendAsync(HttpMethod.Post, "/api/v1/admin/tsdb/snapshot");
        using var named = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        tallygate.Dispose();
        var blocks = Path.Combine(data, "snapshots", named.RootElement.GetProperty("data").GetProperty("name").GetString()!, "samples");
        await AssertToolsAgree(blocks);
        using var moved = await ServerProcess.PrometheusAsync(empty, blocks);
        foreach (var expression in _expressions)
        {
            var path = $"/api/v1/query?time={time}&query={Uri.EscapeDataString(expression)}";
            Assert.Equal(Results(await peer.GetAsync(path)), Results(await moved.GetAsync(path)));
        }
    }

    private async Task AssertToolsAgree(string blocks)
    {
        var promtool = ServerProcess.Peer("/usr/bin/promtool");
        Directory.CreateDirectory(Path.Combine(blocks, "wal"));
        Assert.Equal(await Run(promtool, "tsdb", "list", blocks), await Run(ServerProcess.TallygateProgram, "tsdb", "list", blocks));
        var (theirs, ours) = (Lines(await Run(promtool, "tsdb", "dump", blocks)), Lines(await Run(ServerProcess.TallygateProgram, "tsdb", "dump", blocks)));
        output.WriteLine($"{ours.Count} samples dumped");
        Assert.InRange(ours.Count, 100, int.MaxValue);
        Assert.Equal(theirs, ours);
        Assert.Contains("no damage found", await Run(ServerProcess.TallygateProgram, "tsdb", "verify", blocks), StringComparison.Ordinal);
        var analysis = await Run(ServerProcess.TallygateProgram, "tsdb", "analyze", blocks);
        Assert.Contains("Highest cardinality metric names:", analysis, StringComparison.Ordinal);

        // Out as OpenMetrics and in again: the same floats, but for stale markers.
        var text = Path.Combine(Path.GetDirectoryName(blocks)!, "samples.om");
        await File.WriteAllTextAsync(text, await Run(ServerProcess.TallygateProgram, "tsdb", "dump-openmetrics", blocks));
        var again = Path.Combine(Path.GetDirectoryName(blocks)!, "again");
        await Run(ServerProcess.TallygateProgram, "tsdb", "create-blocks-from", "openmetrics", text, again);
        Directory.CreateDirectory(Path.Combine(again, "wal"));
        Assert.Equal(ours.Where(l => !l.Contains("} NaN ", StringComparison.Ordinal)), Lines(await Run(promtool, "tsdb", "dump", again)).Where(l => !l.Contains("} NaN ", StringComparison.Ordinal)));
    }

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
        return text;
    }

    private static List<string> Results(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return
        [
            .. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(r => r.GetProperty("metric").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal).Aggregate("", (t, l) => $"{t}{l.Name}={l.Value.GetString()};")
                    + double.Parse(r.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture))
                .Order(StringComparer.Ordinal),
        ];
    }
}
