using System.Text;
using Tallygate.Server.Configuration;
using Tallygate.Testing;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 21: what client libraries send and expect, byte for byte; the libraries themselves are run in test/Tallygate.Conformance.</summary>
public sealed class ClientRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("PUT", "/metrics/job/go/b/2/a/1")]
    [InlineData("POST", "/metrics/job/go/a/1/b/2")]
    public async Task P255_The_client_of_Go(string method, string path)
    {
        var body = Of(Family("m", 1, Labelled().Message(2, new ProtobufBody().Number(1, 1.0))));
        var answer = await Send(method, path, body, ("User-Agent", "Go-http-client/1.1"), ("Content-Type", ContentType), ("Accept-Encoding", "gzip"));

        // It takes nothing but 200 and 202 for a push, and nothing but 202 for a deletion.
        Assert.Equal((200, ""), (answer.Status, answer.Text));
        Assert.Equal(["a=1,b=2,job=go"], await Groups());
        answer = await Delete(path, ("User-Agent", "Go-http-client/1.1"));
        Assert.Equal((202, ""), (answer.Status, answer.Text));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P257_The_client_of_dotnet()
    {
        foreach (var method in (string[])["POST", "PUT"])
        {
            var push = new RawRequest(method, "/metrics/job/some job/x/a:b".Replace(" ", "%20", StringComparison.Ordinal))
            {
                Body = Encoding.UTF8.GetBytes("# HELP m Words.\n# TYPE m counter\nm 1\n"),
                ChunkBytes = 7,
                Headers = [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
            };
            Assert.InRange((await Send(push)).Status, 200, 299);
            Assert.Equal(["job=some job,x=a:b"], await Groups());
        }
    }

    [Fact]
    public async Task P327_Without_a_persistence_file_a_restart_keeps_everything_and_is_healthy()
    {
        await using var server = await Tests.Server.TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "m 1\n");
        var before = (await server.SendAsync("GET", "/api/v1/metrics")).Body;
        using var client = await server.RestartAsync();
        Assert.Equal(before, await client.GetStringAsync(new Uri("/api/v1/metrics", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("OK", await client.GetStringAsync(new Uri("/-/healthy", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("OK", await client.GetStringAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task P235_The_page_quotes_label_names_beyond_the_old_pattern()
    {
        await using var server = await Tests.Server.TestServer.StartAsync(new ServerOptions { Utf8Names = true });
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/my.label/v", "m 1\n")).Status);
        var page = (await server.SendAsync("GET", "/")).Body;
        Assert.Contains(">&quot;my.label&quot;<i>=</i>v<", page, StringComparison.Ordinal);
        Assert.Contains("data-path=\"metrics/job/j/U__my_2e_label/v\"", page, StringComparison.Ordinal);
        Assert.Equal(202, (await server.SendAsync("DELETE", "/metrics/job/j/U__my_2e_label/v")).Status);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }
}
