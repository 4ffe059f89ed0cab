using Tallygate.Tests.Server;

namespace Tallygate.Tests.Cli;

/// <summary><c>tallygate groups</c> against a running server.</summary>
public sealed class GroupsCommandTests
{
    [Fact]
    public async Task Groups_are_listed_tried_and_deleted()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in (string[])["/metrics/job/nightly/x/1", "/metrics/job/nightly/x/2", "/metrics/job/hourly"])
        {
            await server.SendAsync("PUT", path, "a 1\nb 2\n", null, ("Tallygate-Ttl", path.EndsWith('2') ? "1h" : "0"));
        }

        await server.SendAsync("PUT", "/metrics/job/hourly", "a 1 1\n");
        var url = "--url=" + server.Tallygate.Addresses[0];
        var (code, output, error) = await TallygateProgram.RunAsync("groups", "list", url);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches("^\\{job=\"hourly\"\\}  [0-9TZ:.-]+  2 metrics  last push failed\n\\{job=\"nightly\", x=\"1\"\\}  [0-9TZ:.-]+  2 metrics\n"
            + "\\{job=\"nightly\", x=\"2\"\\}  [0-9TZ:.-]+  2 metrics  expires [0-9TZ:.-]+\n$", output);

        (code, output, _) = await TallygateProgram.RunAsync("groups", "delete", url, "--match={job=\"nightly\"}", "--dry-run");
        Assert.Equal((0, 3), (code, server.Tallygate.Gateway.Groups.Count));
        Assert.EndsWith("2 groups would be deleted\n", output, StringComparison.Ordinal);
        (code, output, _) = await TallygateProgram.RunAsync("groups", "delete", url, "--match={job=\"nightly\"}");
        Assert.Equal((0, 1), (code, server.Tallygate.Gateway.Groups.Count));
        Assert.EndsWith("2 groups deleted\n", output, StringComparison.Ordinal);
        (code, _, error) = await TallygateProgram.RunAsync("groups", "delete", url);
        Assert.Equal((1, "tallygate: error: say which groups: match[] or older_than\n"), (code, error));
    }
}
