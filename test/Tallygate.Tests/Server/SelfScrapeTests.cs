using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>A server that scrapes itself knows it by what its own answers say, whatever address leads there.</summary>
public sealed class SelfScrapeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-self-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_scrape_tells_the_running_server_apart()
    {
        await using var server = await TestServer.StartAsync();
        var (_, page, response) = await server.SendAsync("GET", "/metrics");
        var id = response.Headers.GetValues("Tallygate-Instance").Single();
        Assert.Contains($"\ntallygate_instance_info{{id=\"{id}\"}} 1\n", page, StringComparison.Ordinal);
        await using var other = await TestServer.StartAsync();
        Assert.NotEqual(id, (await other.SendAsync("GET", "/metrics")).Response.Headers.GetValues("Tallygate-Instance").Single());
    }

    [Fact]
    public async Task An_address_that_does_not_look_like_its_own_is_found_out_by_the_first_scrape()
    {
        var config = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, "{}", TestContext.Current.CancellationToken);
        await using var server = await TestServer.StartAsync(new ServerOptions { ConfigFile = config });
        await using var other = await TestServer.StartAsync();

        // 127.1 is this machine, in a spelling that no list of own addresses has.
        await WriteAsync($"127.1:{new Uri(other.Tallygate.Addresses[0]).Port}");
        Assert.Empty(server.Tallygate.Reload());
        await ScrapeAsync();
        Assert.True(await IsSampledAsync());

        await WriteAsync($"127.1:{new Uri(server.Tallygate.Addresses[0]).Port}");
        Assert.Empty(server.Tallygate.Reload());
        Assert.True(await IsSampledAsync());
        await ScrapeAsync();
        Assert.False(await IsSampledAsync());

        // What was found out holds over a reload, as long as the target is there.
        Assert.Empty(server.Tallygate.Reload());
        Assert.False(await IsSampledAsync());
        await WriteAsync($"127.1:{new Uri(other.Tallygate.Addresses[0]).Port}");
        Assert.Empty(server.Tallygate.Reload());
        Assert.True(await IsSampledAsync());

        async Task WriteAsync(string target) => await File.WriteAllTextAsync(
            config, $"scrape_configs: [{{job_name: j, scrape_interval: 1s, static_configs: [{{targets: [\"{target}\"]}}]}}]", TestContext.Current.CancellationToken);

        async Task ScrapeAsync()
        {
            for (var i = 0; i < 100 && (await TargetsAsync()).Contains("\"lastScrape\":\"0001", StringComparison.Ordinal); i++)
            {
                server.Tallygate.StepScrapes(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        async Task<bool> IsSampledAsync() => (await TargetsAsync()).Contains("\"scrapePool\":\"tallygate\"", StringComparison.Ordinal);

        async Task<string> TargetsAsync() => (await server.SendAsync("GET", "/api/v1/targets")).Body;
    }
}
