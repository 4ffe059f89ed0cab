using Tallygate.Server.Configuration;
using Tallygate.Testing;
using Tallygate.Tests.Server;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapters 10 and 15: prefixes, the admin API and the lifecycle.</summary>
public sealed class PrefixRows(PrefixFixture fixture) : Rows(fixture), IClassFixture<PrefixFixture>
{
    [Fact]
    public async Task P194_P200_The_path_of_the_external_url_is_the_prefix()
    {
        Status(200, await Put("/pgw/metrics/job/j"));
        Status(404, await Put("/metrics/job/j"));
        Status(200, await Get("/pgw/-/ready"));
        Status(200, await Get("/pgw/api/v1/metrics"));
        Status(404, await Get("/api/v1/metrics"));
        Status(200, await Get("/pgw/"));
        var answer = await Get("/pgw");
        Assert.Equal("/pgw/", answer.Header("Location"));
        Assert.Equal("/pgw/status", (await Get("/pgw/STATUS")).Header("Location"));
    }

    [Fact]
    public async Task P193_P202_The_page_of_metrics_may_move_but_pushes_stay()
    {
        Status(200, await Put("/pgw/metrics/job/j"));
        Assert.Contains("\nm{instance=\"\",job=\"j\"} 1\n", (await Get("/pgw/scrape")).Text, StringComparison.Ordinal);
        Status(404, await Get("/pgw/metrics"));
    }

    [Fact]
    public async Task P8_Quit_by_get_stands_without_the_prefix()
    {
        Assert.Equal("Only POST or PUT requests allowed.", (await Get("/-/quit")).Text);
        Error(405, "Method Not Allowed", await Get("/pgw/-/quit"));
    }

    [Fact]
    public async Task P11_P167_P316_A_wipe_takes_all_groups()
    {
        for (var i = 0; i < 5; i++)
        {
            Status(200, await Put($"/pgw/metrics/job/j{i}"));
        }

        var answer = await Send("PUT", "/pgw/api/v1/admin/wipe", []);
        Assert.Equal((202, "", null), (answer.Status, answer.Text, answer.Header("Access-Control-Allow-Origin")));
        Assert.Equal("{\"status\":\"success\",\"data\":[]}", (await Get("/pgw/api/v1/metrics")).Text);
        answer = await Get("/pgw/api/v1/admin/wipe");
        Error(405, "Method Not Allowed", answer);
        Assert.Equal("OPTIONS, PUT", answer.Header("Allow"));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task P7_P168_P196_Quit(string method)
    {
        var answer = await Send(method, "/pgw/-/quit", []);
        Assert.Equal((200, "Requesting termination... Goodbye!"), (answer.Status, answer.Text));
        await Fixture.Server.Tallygate.QuitRequested.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("", "/p", "/p")]
    [InlineData("", "p/", "/p")]
    [InlineData("http://e/pgw", "/", "")]
    [InlineData("http://e/pgw", "", "/pgw")]
    [InlineData("http://e/", "", "")]
    public async Task P195_P200_P201_The_prefix(string externalUrl, string prefix, string at)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { ExternalUrl = externalUrl, RoutePrefix = prefix });
        using var client = new RawClient(new Uri(server.Tallygate.Addresses[0]).Port);
        Status(200, await client.SendAsync(new RawRequest("GET", at + "/metrics"), TestContext.Current.CancellationToken));
        Status(404, await client.SendAsync(new RawRequest("GET", "/else/metrics"), TestContext.Current.CancellationToken));
    }
}
