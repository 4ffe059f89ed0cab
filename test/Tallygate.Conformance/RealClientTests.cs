using System.IO.Compression;
using System.Text;

namespace Tallygate.Conformance;

/// <summary>Clients that push to a Pushgateway push to Tallygate unchanged.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task Pythons_prometheus_client()
    {
        ServerProcess.Peer("/usr/bin/python3");
        using var folder = new TempFolder();
        using var server = await ServerProcess.TallygateAsync(folder.Path);
        var script = $$"""
            from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, push_to_gateway, pushadd_to_gateway, delete_from_gateway
            registry = CollectorRegistry()
            gauge = Gauge('records_processed', 'Records of the last run', ['kind'], registry=registry)
            gauge.labels('orders').set(381)
            gauge.labels('re"turns\\').set(7)
            Counter('runs', 'Runs so far', registry=registry).inc(3)
            Histogram('run_seconds', 'How long', registry=registry, buckets=(1, 2.5, 10)).observe(2)
            push_to_gateway('127.0.0.1:{{server.Port}}', job='nightly', grouping_key={'instance': 'a/b', 'empty': ''}, registry=registry)
            other = CollectorRegistry()
            Gauge('bytes_moved', 'Bytes', registry=other).set(1.5e9)
            pushadd_to_gateway('127.0.0.1:{{server.Port}}', job='nightly', grouping_key={'instance': 'a/b', 'empty': ''}, registry=other)
            push_to_gateway('127.0.0.1:{{server.Port}}', job='my job', registry=other)
            delete_from_gateway('127.0.0.1:{{server.Port}}', job='my job')
            """;
        var (code, _, error) = await Shell.RunAsync("/usr/bin/python3", ["-c", script]);
        Assert.True(code == 0, error);
        var metrics = await server.GetAsync("/metrics");
        Assert.Contains("\nrecords_processed{empty=\"\",instance=\"a/b\",job=\"nightly\",kind=\"orders\"} 381\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nrecords_processed{empty=\"\",instance=\"a/b\",job=\"nightly\",kind=\"re\\\"turns\\\\\"} 7\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nruns_total{empty=\"\",instance=\"a/b\",job=\"nightly\"} 3\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nrun_seconds_bucket{empty=\"\",instance=\"a/b\",job=\"nightly\",le=\"2.5\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nbytes_moved{empty=\"\",instance=\"a/b\",job=\"nightly\"} 1.5e+09\n", metrics, StringComparison.Ordinal);

        // Of the deleted group nothing is left; what was counted of its job stays.
        Assert.DoesNotContain(metrics.Split('\n'), l => l.Contains("job=\"my+job\"", StringComparison.Ordinal) && !l.StartsWith("tallygate_job_", StringComparison.Ordinal));
        Assert.Equal(388, await PromApi.SumAsync(server, "sum_over_time(records_processed:pushed[1h])"));
        Assert.Equal(3e9, await PromApi.SumAsync(server, "sum_over_time(bytes_moved:pushed[1h])"));
    }

    [Fact]
    public async Task Prometheus_net_pusher()
    {
        using var folder = new TempFolder();
        using var server = await ServerProcess.TallygateAsync(folder.Path);
        var registry = Prometheus.Metrics.NewCustomRegistry();
        Prometheus.Metrics.WithCustomRegistry(registry).CreateGauge("records_processed", "Records of the last run").Set(42);
        using (var pusher = new Prometheus.MetricPusher(new Prometheus.MetricPusherOptions
        {
            Endpoint = server.Url + "/metrics",
            Job = "dotnet",
            Instance = "i1",
            IntervalMilliseconds = 3_600_000,
            Registry = registry,
            ReplaceOnPush = true,
        }))
        {
            pusher.Start();
            await pusher.StopAsync();
        }

        var metrics = await server.GetAsync("/metrics");
        Assert.Contains("\nrecords_processed{instance=\"i1\",job=\"dotnet\"} 42\n", metrics, StringComparison.Ordinal);
        Assert.True(await PromApi.SumAsync(server, "sum_over_time(records_processed:pushed[1h])") is 42 or 84);
    }

    [Fact]
    public async Task Curl_with_text_and_with_gzip()
    {
        ServerProcess.Peer("/usr/bin/curl");
        using var folder = new TempFolder();
        using var server = await ServerProcess.TallygateAsync(folder.Path);
        var (code, output, error) = await Shell.RunAsync(
            "/usr/bin/curl", ["-sS", "-w", "%{http_code}", "--data-binary", "@-", server.Url + "/metrics/job/text/instance/i"], "some_metric 3.14\n");
        Assert.True(code == 0 && output == "200", output + error);

        var file = Path.Combine(folder.Path, "body.gz");
        using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes("# TYPE packed_metric counter\npacked_metric{a=\"b\"} 42\n"));
        }

        (code, output, error) = await Shell.RunAsync(
            "/usr/bin/curl",
            ["-sS", "-w", "%{http_code}", "-X", "PUT", "-H", "Content-Encoding: gzip", "--data-binary", "@" + file, server.Url + "/metrics/job/zipped"]);
        Assert.True(code == 0 && output == "200", output + error);

        (_, output, _) = await Shell.RunAsync("/usr/bin/curl", ["-sS", "--compressed", server.Url + "/metrics"]);
        Assert.Contains("\nsome_metric{instance=\"i\",job=\"text\"} 3.14\n", output, StringComparison.Ordinal);
        Assert.Contains("\npacked_metric{a=\"b\",instance=\"\",job=\"zipped\"} 42\n", output, StringComparison.Ordinal);

        (_, output, _) = await Shell.RunAsync("/usr/bin/curl", ["-sS", "-w", "%{http_code}", "-X", "DELETE", server.Url + "/metrics/job/zipped"]);
        Assert.Equal("202", output);
        Assert.DoesNotContain("packed_metric", await server.GetAsync("/metrics"), StringComparison.Ordinal);
    }
}
