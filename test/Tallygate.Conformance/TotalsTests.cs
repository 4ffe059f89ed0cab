using System.Globalization;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>
/// A Prometheus from Debian that scrapes running totals counts every push, the first one too: totals are born as zero and only rise.
/// </summary>
public sealed class TotalsTests(ITestOutputHelper output)
{
    private const string Total = "records_processed_pushed_total";

    [Fact]
    public async Task A_Prometheus_that_scrapes_running_totals_counts_every_push()
    {
        var runs = Soak.Rounds(full: 20, reduced: 1);
        output.WriteLine($"{runs} runs, seed {Soak.Seed}");
        for (var run = 0; run < runs; run++)
        {
            await OnceAsync(run, new Random(Soak.Seed + run));
        }
    }

    private async Task OnceAsync(int run, Random random)
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("tallygate.yml", """
            gateway:
              zero_for: 5s
              totals:
                - match: records_processed
                  by: [job]
            """);
        using var tallygate = await ServerProcess.TallygateAsync(Path.Combine(folder.Path, "data"), null, "--config.file=" + configuration);
        using var prometheus = await ServerProcess.PrometheusAsync(
            folder.Write("prometheus.yml", $$"""
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: tallygate
                    honor_labels: true
                    static_configs: [{targets: ['127.0.0.1:{{tallygate.Port}}']}]
                """),
            Path.Combine(folder.Path, "prometheus"));
        await UntilAsync(prometheus, "count_over_time(up{job=\"tallygate\"}[1m])", n => n > 1);
        var truth = new Dictionary<string, long>();
        for (var push = random.Next(15, 30); push > 0; push--)
        {
            var job = $"job{random.Next(3)}";
            var value = random.Next(1, 1000);
            using var answer = await tallygate.SendAsync(
                HttpMethod.Put, $"/metrics/job/{job}/run/{random.Next(4)}", $"# TYPE records_processed gauge\nrecords_processed {value}\n");
            Assert.Equal(200, (int)answer.StatusCode);
            truth[job] = truth.GetValueOrDefault(job) + value;
            await Task.Delay(random.Next(0, 600));
        }

        foreach (var (job, sum) in truth)
        {
            var series = $"{Total}{{job=\"{job}\"}}";
            await UntilAsync(prometheus, series, v => v == sum);
            Assert.Equal(sum, await PromApi.SumAsync(prometheus, $"max_over_time({series}[10m]) - min_over_time({series}[10m])"));
            var increase = await PromApi.SumAsync(prometheus, $"increase({series}[10m])") ?? 0;
            var scrapes = await PromApi.SumAsync(prometheus, $"count_over_time({series}[10m])") ?? 0;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run}, {job}: pushed {sum}, increase {increase:0.##}, {scrapes} scrapes"));

            // What increase() adds beyond the truth is its extrapolation to the window's edges: at most a scrape interval at either.
            Assert.InRange(increase, sum * (1 - (2 / (scrapes - 1))), sum * (1 + (2 / (scrapes - 1))));
        }
    }

    private static async Task UntilAsync(ServerProcess prometheus, string query, Func<double, bool> enough)
    {
        for (var tries = 0; await PromApi.SumAsync(prometheus, query) is not { } value || !enough(value); tries++)
        {
            Assert.True(tries < 600, $"{query} does not come:\n{prometheus.Log}");
            await Task.Delay(100);
        }
    }
}
