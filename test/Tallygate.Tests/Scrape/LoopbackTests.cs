using System.Net;
using System.Net.Sockets;
using System.Text;
using Tallygate.Model;
using Tallygate.Scrape;

namespace Tallygate.Tests.Scrape;

/// <summary>Scrapes over a real socket.</summary>
public sealed class LoopbackTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ScrapeManager _manager;
    private readonly ScrapeBench _bench = new();

    public LoopbackTests()
    {
        _listener.Start();
        _manager = new ScrapeManager(new ScrapeManagerOptions(), _bench.Storage, TimeProvider.System);
    }

    private string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    private void Load(TimeSpan timeout) => Assert.Empty(_manager.Apply(
        [ScrapeBench.Job with { Timeout = timeout, StaticTargets = [new StaticTargets([Address], Labels.Empty)] }], 0));

    [Fact]
    public async Task A_target_is_scraped_over_http()
    {
        Load(TimeSpan.FromSeconds(10));
        var request = ServeAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n");
        _manager.Step(0);
        await _manager.IdleAsync();
        Assert.StartsWith("GET /metrics HTTP/1.1\r\n", await request, StringComparison.Ordinal);
        Assert.Equal([$"a{{instance=\"{Address}\", job=\"job\"}} 1 @0"], _bench.Samples());
    }

    [Fact]
    public async Task A_target_that_does_not_answer_in_time_is_down()
    {
        Load(TimeSpan.FromMilliseconds(50));
        _manager.Step(0);
        await _manager.IdleAsync();
        Assert.Equal($"Get \"http://{Address}/metrics\": context deadline exceeded", _manager.Targets[0].LastError);
        Assert.Equal([$"up{{instance=\"{Address}\", job=\"job\"}} 0 @0"], _bench.Samples("up"));
    }

    [Fact]
    public async Task A_stop_breaks_off_a_scrape_and_writes_nothing()
    {
        Load(TimeSpan.FromSeconds(10));
        _manager.Step(0);
        await _manager.StopAsync();
        Assert.Empty(_bench.All());
    }

    private async Task<string> ServeAsync(string answer)
    {
        using var client = await _listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        var length = 0;
        while (!Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            length += await stream.ReadAsync(buffer.AsMemory(length));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
