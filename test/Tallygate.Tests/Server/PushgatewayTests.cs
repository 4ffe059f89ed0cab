using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>Statuses and texts of the Pushgateway's paths, over real sockets.</summary>
public sealed class PushgatewayTests
{
    [Theory]
    [InlineData("PUT", "/metrics/job/a/b", 400, "odd number of components in label string \"/b\"\n")]
    [InlineData("PUT", "/metrics/job@base64/=", 400, "job name is required\n")]
    [InlineData("DELETE", "/metrics/job@base64/=", 400, "job name is required\n")]
    [InlineData("PUT", "/metrics/job/a/x@base64/a+b", 400, "invalid base64 encoding for label x=\"a+b\": illegal base64 data at input byte 1\n")]
    [InlineData("PUT", "/metrics/job/a/x-y/1", 400, "improper label name \"x-y\"\n")]
    [InlineData("PUT", "/metrics/job/a%2Fb", 400, "odd number of components in label string \"/b\"\n")]
    [InlineData("GET", "/metrics/job/a", 405, "Method Not Allowed\n")]
    [InlineData("PUT", "/metrics/job", 404, "404 page not found\n")]
    [InlineData("GET", "/api/v1/foo", 404, "404 page not found\n")]
    [InlineData("GET", "/api/v1/rules/test/test", 404, "404 page not found\n")]
    [InlineData("GET", "/-/healthy", 200, "OK")]
    [InlineData("GET", "/-/ready", 200, "OK")]
    [InlineData("GET", "/-/quit", 405, "Only POST or PUT requests allowed.")]
    [InlineData("PUT", "/-/quit", 403, "Lifecycle API is not enabled.")]
    [InlineData("POST", "/-/reload", 403, "Lifecycle API is not enabled.")]
    [InlineData("PUT", "/api/v1/admin/wipe", 404, "404 page not found\n")]
    [InlineData("DELETE", "/metrics/job/unknown", 202, "")]
    public async Task Answers_with_status_and_text(string method, string path, int status, string text)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync(method, path, "m 1\n");
        Assert.Equal((status, text), (answer.Status, answer.Body));
        Assert.False(answer.Response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("a 1", "text format parsing error in line 1: unexpected end of input stream")]
    [InlineData("blablabla\n", "text format parsing error in line 1: ")]
    [InlineData("a 1 123\n", "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps")]
    [InlineData("# TYPE go_goroutines counter\ngo_goroutines 4\n", "pushed metrics are invalid or inconsistent with existing metrics: ")]
    public async Task Refuses_bodies_in_the_words_of_the_original(string body, string text)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync("POST", "/metrics/job/j", body);
        Assert.Equal(400, answer.Status);
        Assert.StartsWith(text, answer.Body, StringComparison.Ordinal);
        Assert.EndsWith("\n", answer.Body, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("/metrics/job/a/b//c/d", "/metrics/job/a/b/c/d")]
    [InlineData("//metrics/job/a", "/metrics/job/a")]
    [InlineData("/metrics/job/a/../b", "/metrics/job/b")]
    [InlineData("/metrics/./job/a?x=y", "/metrics/job/a?x=y")]
    public async Task Unclean_paths_are_redirected_with_method_and_body_kept(string target, string location)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.RawAsync("PUT", target, "m 1\n");
        Assert.StartsWith("HTTP/1.1 307 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {location}\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }

    [Fact]
    public async Task Malformed_escapes_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        Assert.StartsWith("HTTP/1.1 400 ", await server.RawAsync("PUT", "/metrics/job/c%", "m 1\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/metrics/job/a%0Ab", "a\\nb")]
    [InlineData("/metrics/job/%CE%A0%20x", "\u03A0 x")]
    [InlineData("/metrics/job@base64/YQBi", "a\0b")]
    public async Task Escaped_bytes_in_a_path_are_shown_as_they_are(string target, string job)
    {
        await using var server = await TestServer.StartAsync();
        Assert.StartsWith("HTTP/1.1 200 ", await server.RawAsync("PUT", target, "m 1\n"), StringComparison.Ordinal);
        Assert.Contains($"\nm{{instance=\"\",job=\"{job}\"}} 1\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT /a HTTP/1.1\r\nHost: h\r\n\r\n", "PUT /a HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PUT /ü%20/€?x HTTP/1.1\r\nHost: h\r\n\r\n", "PUT /%C3%BC%20/%E2%82%AC?x HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("PUT /a%00ü HTTP/1.1\r\nX: y\r\nhost:  h:1 \r\n\r\n", "PUT http://h:1/a%00%C3%BC HTTP/1.1\r\nX: y\r\nhost:  h:1 \r\n\r\n")]
    [InlineData("PUT /a%00 HTTP/1.0\r\n\r\n", null)]
    [InlineData("PUT http://h/ü HTTP/1.1\r\nHost: h\r\n\r\n", null)]
    [InlineData("PUT\r\n\r\n", null)]
    public void Request_lines_that_the_platform_refuses_are_written_anew(string head, string? rewritten)
    {
        var bytes = Tallygate.Server.Http.RawTargets.Rewrite(Encoding.UTF8.GetBytes(head));
        Assert.Equal(rewritten, bytes is null ? null : Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public async Task Head_is_get_without_a_body_and_options_lists_the_methods()
    {
        await using var server = await TestServer.StartAsync();
        var head = await server.SendAsync("HEAD", "/-/ready");
        Assert.Equal((200, ""), (head.Status, head.Body));
        var options = await server.SendAsync("OPTIONS", "/metrics/job/a");
        Assert.Equal("DELETE, OPTIONS, POST, PUT", string.Join(", ", options.Response.Content.Headers.Allow));
    }

    [Fact]
    public async Task A_gzipped_push_counts_and_a_truncated_one_does_not()
    {
        await using var server = await TestServer.StartAsync();
        var packed = Gzip("m 1\nn 2\n");
        Assert.Equal(HttpStatusCode.OK, await PushAsync(server, packed));
        Assert.Equal(HttpStatusCode.BadRequest, await PushAsync(server, packed[..^6]));
        Assert.Equal(HttpStatusCode.BadRequest, await PushAsync(server, []));
        Assert.Equal(HttpStatusCode.BadRequest, await PushAsync(server, "no gzip at all"u8.ToArray()));
        Assert.Equal(HttpStatusCode.OK, await PushAsync(server, [.. packed, .. Gzip("o 3\n")]));
        Assert.Contains("\no{instance=\"\",job=\"z\"} 3\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);

        static async Task<HttpStatusCode> PushAsync(TestServer server, byte[] body)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentEncoding.Add("GZIP");
            return (await server.Client.PutAsync(new Uri("/metrics/job/z", UriKind.Relative), content, TestContext.Current.CancellationToken)).StatusCode;
        }
    }

    [Fact]
    public async Task Metrics_are_packed_on_request()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "m 1\n");
        var answer = await server.SendAsync("GET", "/metrics", headers: ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", answer.Response.Content.Headers.ContentEncoding.Single());
        var bytes = await answer.Response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        Assert.Contains("\nm{instance=\"\",job=\"j\"} 1\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_query_api_shows_groups_as_the_original_does()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal("{\"status\":\"success\",\"data\":[]}", (await server.SendAsync("GET", "/api/v1/metrics")).Body);
        await server.SendAsync("PUT", "/metrics/job/batch/instance/i1", "# HELP g A gauge\n# TYPE g gauge\ng{x=\"1\"} NaN\n# TYPE s summary\ns{quantile=\"0.5\"} 1.5\ns_sum 3\ns_count 2\n");
        var answer = await server.SendAsync("GET", "/api/v1/metrics");
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(answer.Body);
        var group = Assert.Single(json.RootElement.GetProperty("data").EnumerateArray().ToList());
        Assert.Equal(["g", "labels", "last_push_successful", "push_failure_time_seconds", "push_time_seconds", "s"], group.EnumerateObject().Select(p => p.Name));
        Assert.Equal("[{\"labels\":{\"instance\":\"i1\",\"job\":\"batch\",\"x\":\"1\"},\"value\":\"NaN\"}]", group.GetProperty("g").GetProperty("metrics").GetRawText());
        Assert.Equal("[{\"count\":\"2\",\"labels\":{\"instance\":\"i1\",\"job\":\"batch\"},\"quantiles\":{\"0.5\":\"1.5\"},\"sum\":\"3\"}]", group.GetProperty("s").GetProperty("metrics").GetRawText());
    }

    [Fact]
    public async Task Requests_are_counted_under_the_originals_names()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "m 1\n");
        await server.SendAsync("PUT", "/metrics/job/j", "m\n");
        var page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("pushgateway_http_requests_total{code=\"200\",handler=\"push\",method=\"put\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("pushgateway_http_requests_total{code=\"400\",handler=\"push\",method=\"put\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("pushgateway_http_push_duration_seconds_count{method=\"put\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE go_goroutines gauge\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wipe_prefix_and_lifecycle_follow_their_flags()
    {
        var options = new ServerOptions
        {
            EnableAdminApi = true,
            EnableLifecycle = true,
            ExternalUrl = "http://example.org/pgw/",
            TelemetryPath = "/scrape",
        };
        await using var server = await TestServer.StartAsync(options);
        Assert.Equal(404, (await server.SendAsync("PUT", "/metrics/job/j", "m 1\n")).Status);
        Assert.Equal(200, (await server.SendAsync("PUT", "/pgw/metrics/job/j", "m 1\n")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/pgw/scrape")).Status);
        Assert.Equal(404, (await server.SendAsync("GET", "/pgw/metrics")).Status);
        Assert.Equal(202, (await server.SendAsync("PUT", "/pgw/api/v1/admin/wipe")).Status);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
        Assert.Equal("Requesting termination... Goodbye!", (await server.SendAsync("POST", "/pgw/-/quit")).Body);
        await server.Tallygate.QuitRequested.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_restart_keeps_all_groups_and_pushed_samples()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(200, (await server.SendAsync("POST", "/metrics/job/j", $"m {i}\n")).Status);
        }

        var before = Pushed((await server.SendAsync("GET", "/metrics")).Body);
        using var client = await server.RestartAsync();
        var page = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(before, Pushed(page));
        var answer = await client.GetStringAsync(
            new Uri("/api/v1/query?query=sum_over_time(m:pushed[1h])", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains(",\"15\"]", answer, StringComparison.Ordinal);

        static string[] Pushed(string page) => [.. page.Split('\n').Where(l => l.StartsWith("m{", StringComparison.Ordinal) || l.StartsWith("push_", StringComparison.Ordinal))];
    }

    private static byte[] Gzip(string text)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return target.ToArray();
    }
}
