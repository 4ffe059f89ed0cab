using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 1: which paths there are, and which methods they take.</summary>
public sealed class EndpointRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task P1_The_page_shows_own_and_pushed_metrics()
    {
        await Taken("/metrics/job/j");
        await Shows("m{instance=\"\",job=\"j\"} 1", "# TYPE pushgateway_build_info gauge");
    }

    [Fact]
    public async Task P2_Put_replaces_post_merges_delete_deletes()
    {
        Status(200, await Put("/metrics/job/j/a/b", "m 1\nn 2\n"));
        Status(200, await Post("/metrics/job/j/a/b", "m 3\n"));
        Assert.Equal(["m{a=\"b\",instance=\"\",job=\"j\"} 3", "n{a=\"b\",instance=\"\",job=\"j\"} 2"], await Lines("m{", "n{"));
        Status(200, await Put("/metrics/job/j/a/b", "m 4\n"));
        Assert.Equal(["m{a=\"b\",instance=\"\",job=\"j\"} 4"], await Lines("m{", "n{"));
        Status(202, await Delete("/metrics/job/j/a/b"));
        Assert.Empty(await Lines("m{", "n{", "push_time"));
    }

    [Fact]
    public async Task P3_The_job_may_be_in_base64()
    {
        Status(200, await Put("/metrics/job@base64/YS9i"));
        Assert.Equal(["job=a/b"], await Groups());
        Status(202, await Delete("/metrics/job@base64/YS9i"));
        Assert.Empty(await Groups());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/status")]
    public async Task P4_The_page_for_people(string path)
    {
        var answer = await Get(path);
        Status(200, answer);
        Assert.Equal("text/html; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal((await Get("/")).Text, answer.Text);
    }

    [Fact]
    public async Task P181_P183_The_page_offers_to_delete_each_group_at_the_path_that_does_it()
    {
        await Taken("/metrics/job@base64/YS9i/x@base64/=/y/%3Cb%3E");
        await Taken("/metrics/job/plain");
        Advance(1);
        Status(400, await Put("/metrics/job/plain", "m 1 1\n"));
        var page = (await Get("/")).Text;
        Assert.Contains("last push failed", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>\"", page, StringComparison.Ordinal);
        var paths = System.Text.RegularExpressions.Regex.Matches(page, "data-path=\"([^\"]+)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["metrics/job@base64/YS9i/x@base64/=/y@base64/PGI-", "metrics/job/plain"], paths);
        foreach (var path in paths)
        {
            Status(202, await Delete("/" + path));
        }

        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P184_P185_The_page_tells_build_and_flags_and_offers_to_delete_all_where_that_is_allowed()
    {
        await Taken("/metrics/job/j");
        var page = (await Get("/")).Text;
        Assert.Contains("<tr><th>web.enable-admin-api<td>false</tr>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><th>speaks as Pushgateway<td>1.11.3</tr>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-wipe=\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("data-wipe=1", page, StringComparison.Ordinal);

        await using var server = await Tests.Server.TestServer.StartAsync(new ServerOptions { EnableAdminApi = true, PageTitle = "<i>" });
        await server.SendAsync("PUT", "/metrics/job/j", "m 1\n");
        page = (await server.SendAsync("GET", "/")).Body;
        Assert.Contains("<tr class=set><th>web.enable-admin-api<td>true</tr>", page, StringComparison.Ordinal);
        Assert.Contains("<tr class=set><th>web.page-title<td>&lt;i&gt;</tr>", page, StringComparison.Ordinal);
        Assert.Contains("data-wipe=1>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/-/healthy")]
    [InlineData("/-/ready")]
    public async Task P6_P300_Healthy_and_ready(string path)
    {
        var answer = await Get(path);
        Assert.Equal((200, "OK"), (answer.Status, answer.Text));
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task P7_Quit_is_off_by_default(string method)
    {
        var answer = await Send(method, "/-/quit", []);
        Assert.Equal((403, "Lifecycle API is not enabled."), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task P8_Quit_by_get_is_told_the_methods()
    {
        var answer = await Get("/-/quit");
        Assert.Equal((405, "Only POST or PUT requests allowed."), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/api/v1/status")]
    [InlineData("/api/v1/metrics")]
    public async Task P9_The_query_api(string path)
    {
        using var json = await Json(path);
        Assert.Equal("success", json.RootElement.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("/api/v1/status")]
    [InlineData("/api/v1/metrics")]
    public async Task P10_Options_below_the_api(string path)
    {
        var answer = await Send("OPTIONS", path, null);
        Assert.Equal((200, ""), (answer.Status, answer.Text));
        Assert.Equal("*", answer.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task P11_Wipe_is_off_by_default() => Error(404, "404 page not found", await Put("/api/v1/admin/wipe"));

    [Theory]
    [InlineData("GET", "/metrics/job/a", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("PATCH", "/metrics/job/a/b/c", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("GET", "/metrics/job@base64/YQ", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("PUT", "/metrics", "GET, OPTIONS")]
    [InlineData("FOO", "/metrics", "GET, OPTIONS")]
    [InlineData("POST", "/", "GET, OPTIONS")]
    [InlineData("DELETE", "/status", "GET, OPTIONS")]
    [InlineData("PUT", "/-/healthy", "GET, OPTIONS")]
    [InlineData("POST", "/api/v1/status", "GET, OPTIONS")]
    [InlineData("DELETE", "/api/v1/metrics", "GET, OPTIONS")]
    [InlineData("DELETE", "/-/quit", "GET, OPTIONS, POST, PUT")]
    public async Task P13_Wrong_methods_are_told_the_right_ones(string method, string path, string allow)
    {
        var answer = await Send(method, path, null);
        Error(405, "Method Not Allowed", answer);
        Assert.Equal(allow, answer.Header("Allow"));
    }

    [Theory]
    [InlineData("/metrics", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/-/ready", "text/plain; charset=utf-8")]
    [InlineData("/api/v1/metrics", "application/json")]
    public async Task P14_P358_Head_is_get_without_a_body(string path, string type)
    {
        var answer = await Send("HEAD", path, null);
        Assert.Equal((200, 0), (answer.Status, answer.Body.Length));
        Assert.Equal(type, answer.Header("Content-Type"));

        // The next answer on the connection is read right: no body came.
        Status(200, await Get("/-/ready"));
    }

    [Theory]
    [InlineData("/metrics/job/a", "DELETE, OPTIONS, POST, PUT")]
    [InlineData("/metrics", "GET, OPTIONS")]
    [InlineData("/", "GET, OPTIONS")]
    public async Task P15_Options_lists_the_methods(string path, string allow)
    {
        var answer = await Send("OPTIONS", path, null);
        Assert.Equal((200, "", allow), (answer.Status, answer.Text, answer.Header("Allow")));
    }

    [Theory]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/")]
    [InlineData("GET", "/api/v1/")]
    [InlineData("GET", "/api/v1/foo")]
    [InlineData("GET", "/favicon.ico")]
    [InlineData("GET", "/-/")]
    [InlineData("PUT", "/metrics/jobs/x")]
    [InlineData("PUT", "/metrics/instance/b/job/a")]
    [InlineData("PUT", "/metrics/job")]
    [InlineData("PUT", "/metrics/")]
    [InlineData("PUT", "/status/")]
    [InlineData("GET", "/metrics/job/")]
    [InlineData("PUT", "/metrics/job/")]
    [InlineData("GET", "/metrics/job@base64/")]
    public async Task P16_Unknown_paths(string method, string path) => Error(404, "404 page not found", await Send(method, path, null));

    [Theory]
    [InlineData("GET", "/metrics/", 301, "/metrics")]
    [InlineData("GET", "/metrics/?x=1", 301, "/metrics?x=1")]
    [InlineData("GET", "/status/", 301, "/status")]
    [InlineData("GET", "/METRICS", 301, "/metrics")]
    [InlineData("GET", "/-/Healthy/", 301, "/-/healthy")]
    [InlineData("PUT", "/Metrics/JOB/a", 307, "/metrics/job/a")]
    [InlineData("POST", "/Metrics/JOB/a%20b/X/Y?q=1", 307, "/metrics/job/a%20b/X/Y?q=1")]
    [InlineData("DELETE", "/METRICS/Job@Base64/YQ", 307, "/metrics/job@base64/YQ")]
    public async Task P17_Slash_and_case_are_redirected(string method, string target, int status, string location)
    {
        var answer = await Send(method, target, method == "GET" ? null : []);
        Assert.Equal((status, location), (answer.Status, answer.Header("Location")));
        Assert.Equal(method == "GET" ? $"<a href=\"{location}\">Moved Permanently</a>.\n\n" : "", answer.Text);
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P18_The_api_without_its_slash()
    {
        var answer = await Get("/api/v1");
        Assert.Equal((307, "/api/v1/"), (answer.Status, answer.Header("Location")));
    }

    [Fact]
    public async Task P19_Successes_have_no_body()
    {
        foreach (var (answer, status) in new[] { (await Put("/metrics/job/j"), 200), (await Post("/metrics/job/j"), 200), (await Delete("/metrics/job/j"), 202) })
        {
            Assert.Equal((status, 0, "0", null), (answer.Status, answer.Body.Length, answer.Header("Content-Length"), answer.Header("Content-Type")));
        }
    }
}
