using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Client;
using Tallygate.Client.Execution;
using Tallygate.Client.Spool;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Wal;

namespace Tallygate.Tests.Client;

/// <summary>An hour without a server on a simulated clock, against the real one: everything arrives once, in order, at its own time.</summary>
public sealed class HourAwayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-away-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly int _port = FreePort();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_hour_of_pushes_and_commands_arrives_when_the_server_is_back()
    {
        var spool = new PushSpool(Path.Combine(_folder, "spool"), DiskFileSystem.Instance);
        using var sender = new PushSender(new PushSenderOptions(), _time);
        Assert.True(PushTarget.TryCreate($"http://127.0.0.1:{_port}", "away", [], out var target, out _));
        var made = new List<(double Value, long Ms)>();
        await using (await ServeAsync())
        {
            await PushAsync(0);
        }

        for (var minute = 1; minute <= 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await (minute % 10 == 0 ? ExecuteAsync(minute) : PushAsync(minute));
        }

        await using var back = await ServeAsync();
        var report = await new Deliverer(spool, sender, _time).DeliverAllAsync(TimeSpan.Zero, static _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(0, report.Waiting);
        _time.Advance(TimeSpan.FromMinutes(1));
        using var client = new HttpClient();
        var query = $"http://127.0.0.1:{_port}/api/v1/query?time={_time.GetUtcNow().ToUnixTimeSeconds()}&query={Uri.EscapeDataString("records:pushed[2h]")}";
        using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(query), TestContext.Current.CancellationToken));
        var series = Assert.Single(answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray());
        Assert.Equal(
            made,
            series.GetProperty("values").EnumerateArray()
                .Select(v => (double.Parse(v[1].GetString()!, CultureInfo.InvariantCulture), (long)Math.Round(v[0].GetDouble() * 1000))));
        var log = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/v1/pushes?format=text&order=oldest"), TestContext.Current.CancellationToken);
        Assert.True(log.Count(c => c == '\n') == 1 + 54 + (6 * 2), log);

        async Task PushAsync(int value)
        {
            var now = _time.GetUtcNow();
            var entry = spool.Add(new OutgoingPush
            {
                Target = target!,
                Method = PushMethod.Put,
                TimeNs = now.ToUnixTimeMilliseconds() * 1_000_000,
                IdempotencyKey = $"k{value}",
                Body = Encoding.UTF8.GetBytes($"records {value}\n"),
            });
            await new Deliverer(spool, sender, _time).DeliverAsync(entry, TimeSpan.Zero, TestContext.Current.CancellationToken);
            made.Add((value, now.ToUnixTimeMilliseconds()));
        }

        async Task ExecuteAsync(int value)
        {
            var code = await new JobExecution(spool, sender, _time, static _ => { }).RunAsync(new ExecutionOptions
            {
                Target = target!,
                RunId = $"r{value}",
                Command = ["sh", "-c", $"echo records {value} > $TALLYGATE_METRICS"],
                Headers = [],
                OnTerminal = false,
            });
            Assert.Equal(0, code);
            made.Add((value, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<TallygateServer> ServeAsync()
    {
        var options = new ServerOptions { ListenAddresses = [$"127.0.0.1:{_port}"], StoragePath = Path.Combine(_folder, "data") };
        var server = TallygateServer.Create(options, new ServerSetup { Time = _time });
        await server.OpenAsync();
        await server.StartHttpAsync();
        return server;
    }
}
