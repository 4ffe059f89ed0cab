using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 9: the gateway's own metrics.</summary>
public sealed class OwnMetricRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task P160_Build_information()
    {
        var line = Assert.Single(await Lines("pushgateway_build_info{"));
        Assert.Matches("^pushgateway_build_info\\{branch=\".*\",goarch=\".*\",goos=\".*\",goversion=\".*\",revision=\".*\",tags=\".*\",version=\"1\\.11\\.3\"\\} 1$", line);
        await Shows("# HELP pushgateway_build_info A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway was built, and the goos and goarch for the build.");
    }

    [Theory]
    [InlineData("PUT", "/metrics/job/j", "code=\"200\",handler=\"push\",method=\"put\"")]
    [InlineData("POST", "/metrics/job@base64/YQ", "code=\"200\",handler=\"push\",method=\"post\"")]
    [InlineData("PUT", "/metrics/job/j/odd", "code=\"400\",handler=\"push\",method=\"put\"")]
    [InlineData("DELETE", "/metrics/job/j", "code=\"202\",handler=\"delete\",method=\"delete\"")]
    [InlineData("DELETE", "/metrics/job/j/odd", "code=\"400\",handler=\"delete\",method=\"delete\"")]
    [InlineData("GET", "/", "code=\"200\",handler=\"status\",method=\"get\"")]
    [InlineData("GET", "/status", "code=\"200\",handler=\"status\",method=\"get\"")]
    [InlineData("GET", "/-/healthy", "code=\"200\",handler=\"healthy\",method=\"get\"")]
    [InlineData("GET", "/-/ready", "code=\"200\",handler=\"ready\",method=\"get\"")]
    [InlineData("GET", "/api/v1/status", "code=\"200\",handler=\"api/v1/status\",method=\"get\"")]
    [InlineData("GET", "/api/v1/metrics", "code=\"200\",handler=\"api/v1/metrics\",method=\"get\"")]
    [InlineData("OPTIONS", "/api/v1/metrics", "code=\"200\",handler=\"api/v1/options\",method=\"options\"")]
    public async Task P161_Requests_are_counted(string method, string path, string labels)
    {
        var before = await Count(labels);
        await Send(method, path, method is "PUT" or "POST" ? "m 1\n"u8.ToArray() : null);
        Assert.Equal(before + 1, await Count(labels));
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/metrics/")]
    [InlineData("GET", "/nowhere")]
    [InlineData("PUT", "/metrics")]
    [InlineData("PUT", "/-/quit")]
    [InlineData("PUT", "/metrics/job//b")]
    public async Task P161_Others_are_not(string method, string path)
    {
        var before = await Lines("pushgateway_http_requests_total");
        await Send(method, path, method == "PUT" ? [] : null);
        Assert.Equal(before, await Lines("pushgateway_http_requests_total"));
    }

    [Fact]
    public async Task P162_P163_Sizes_and_durations_of_pushes()
    {
        var before = await Sum();
        Status(200, await Put("/metrics/job/j", "m 1\n"));

        // Method, target, protocol, host, the header of the length, and the body.
        Assert.Equal(before + 51, await Sum());
        await Send(new RawRequest("PUT", "/metrics/job/j") { Body = "m 1\n"u8.ToArray(), ChunkBytes = 4 });
        Assert.Equal(before + 51 + 32, await Sum());
        Assert.Equal(3, (await Lines("pushgateway_http_push_size_bytes{method=\"put\",quantile=")).Length);
        Assert.Equal(3, (await Lines("pushgateway_http_push_duration_seconds{method=\"put\",quantile=")).Length);

        async Task<double> Sum() => await Lines("pushgateway_http_push_size_bytes_sum{method=\"put\"} ") is [var line] ? double.Parse(line.Split(' ')[1]) : 0;
    }

    [Theory]
    [InlineData("process_cpu_seconds_total", "counter")]
    [InlineData("process_resident_memory_bytes", "gauge")]
    [InlineData("process_virtual_memory_bytes", "gauge")]
    [InlineData("process_start_time_seconds", "gauge")]
    [InlineData("process_open_fds", "gauge")]
    [InlineData("process_max_fds", "gauge")]
    [InlineData("go_goroutines", "gauge")]
    [InlineData("go_info", "gauge")]
    [InlineData("go_threads", "gauge")]
    [InlineData("go_memstats_alloc_bytes", "gauge")]
    [InlineData("go_memstats_alloc_bytes_total", "counter")]
    public async Task P164_Process_metrics_under_known_names(string name, string type)
    {
        await Shows($"# TYPE {name} {type}");
        Assert.NotEmpty(await Lines(name + " ", name + "{"));
    }

    [Fact]
    public async Task P165_The_handler_is_not_instrumented() => await ShowsNo("promhttp_");

    [Fact]
    public async Task P166_Groups_and_queue_are_told_under_own_names()
    {
        await Taken("/metrics/job/j");
        await Shows("tallygate_groups 1", "tallygate_push_queue_length 0");
    }

    private async Task<int> Count(string labels) =>
        await Lines($"pushgateway_http_requests_total{{{labels}}} ") is [var line] ? int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1)) : 0;
}
