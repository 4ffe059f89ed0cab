namespace Tallygate.Conformance;

/// <summary>
/// The recipe of two recording rules, unchanged, in three set-ups that see the same pushes. It counts every push but the first;
/// the pushed series counts them all.
/// </summary>
public sealed class RecipeTests(ITestOutputHelper output)
{
    private const string Recipe = """
        groups:
          - name: example
            rules:
              - record: records_processed_dedupe
                expr: >
                  ( records_processed
                    and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"} )
                  or push_time_seconds{job="myjob"} * 0
              - record: last_push_time_seconds
                expr: max_over_time(push_time_seconds{job="myjob"}[5m])
        """;

    [Fact]
    public async Task Recipe_in_Prometheus_in_front_of_a_Pushgateway_and_alone()
    {
        using var folder = new TempFolder();
        using var scraped = await ServerProcess.TallygateAsync(Path.Combine(folder.Path, "scraped"));
        using var pushgateway = await ServerProcess.PushgatewayAsync();
        folder.Write("recipe.yml", Recipe);
        using var prometheus = await ServerProcess.PrometheusAsync(
            folder.Write("prometheus.yml", Configuration(scraped.Port)), Path.Combine(folder.Path, "prometheus"));
        using var inFront = await ServerProcess.TallygateAsync(
            Path.Combine(folder.Path, "in-front"), null, "--config.file=" + folder.Write("in-front.yml", Configuration(pushgateway.Port)));
        using var alone = await ServerProcess.TallygateAsync(
            Path.Combine(folder.Path, "alone"), null, "--config.file=" + folder.Write("alone.yml", Configuration(null)));

        foreach (var (server, job) in new[] { (prometheus, "pushgateway"), (inFront, "pushgateway"), (alone, "tallygate") })
        {
            await ScrapesAsync(server, job);
        }

        // 1 s scrapes and evaluations: a push every 3.5 s is seen by both before the next comes.
        int[] pushes = [381, 512, 603, 44, 790, 275, 1021];
        foreach (var records in pushes)
        {
            foreach (var server in new[] { scraped, pushgateway, alone })
            {
                using var answer = await server.SendAsync(HttpMethod.Put, "/metrics/job/myjob", $"# TYPE records_processed gauge\nrecords_processed {records}\n");
                Assert.Equal(200, (int)answer.StatusCode);
            }

            await Task.Delay(3500);
        }

        var truth = pushes.Sum();
        const string dedupe = "sum_over_time(records_processed_dedupe[10m])";
        foreach (var (name, server) in new[] { ("Prometheus scraping Tallygate", prometheus), ("Tallygate scraping a Pushgateway", inFront), ("Tallygate alone", alone) })
        {
            var counted = await PromApi.SumAsync(server, dedupe);
            output.WriteLine($"{name}: pushed {truth}, recipe {counted}, naive {await PromApi.SumAsync(server, "sum_over_time(records_processed[10m])")}");
            Assert.Equal(truth - pushes[0], counted);
        }

        foreach (var server in new[] { scraped, alone })
        {
            Assert.Equal(truth, await PromApi.SumAsync(server, "sum_over_time(records_processed:pushed[10m])"));
        }
    }

    /// <summary>Waits until the server has scraped its target: what is pushed before that, no recipe can see.</summary>
    private static async Task ScrapesAsync(ServerProcess server, string job)
    {
        for (var tries = 0; await PromApi.SumAsync(server, $"count_over_time(up{{job=\"{job}\"}}[1m]) > 1") is null; tries++)
        {
            Assert.True(tries < 300, $"job {job} is not scraped:\n{server.Log}");
            await Task.Delay(100);
        }
    }

    private static string Configuration(int? target) => $"""
        global:
          scrape_interval: 1s
          evaluation_interval: 1s
        rule_files: [recipe.yml]

        """ + (target is { } port ? $"""
        scrape_configs:
          - job_name: pushgateway
            honor_labels: true
            static_configs:
              - targets: ["127.0.0.1:{port}"]

        """ : "");
}
