using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tallygate.Tests.Gateway.Persistence;

/// <summary>The Pushgateway that Debian ships, on a free port; tests that need it are skipped where it is not there.</summary>
internal sealed class DebianPushgateway : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus-pushgateway";

    private readonly Process _process;

    private DebianPushgateway(Process process, Uri url)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = url };
    }

    public HttpClient Client { get; }

    public static async Task<DebianPushgateway> StartAsync(string stateFile)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed");
        var port = FreePort();
        var start = new ProcessStartInfo(Program) { RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add($"--web.listen-address=127.0.0.1:{port}");
        start.ArgumentList.Add($"--persistence.file={stateFile}");
        start.ArgumentList.Add("--log.level=error");
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var gateway = new DebianPushgateway(process, new Uri($"http://127.0.0.1:{port}"));
        for (var i = 0; ; i++)
        {
            try
            {
                (await gateway.Client.GetAsync("/-/ready", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
                return gateway;
            }
            catch (HttpRequestException) when (i < 300)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    public async Task<int> PushAsync(string method, string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    /// <summary>What its groups show: the lines of <c>/metrics</c> without its own families.</summary>
    public async Task<string[]> GroupsAsync(bool times) => Lines(await Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), times);

    public static string[] Lines(string page, bool times) =>
        [.. page.Split('\n').Where(l => l.Length > 0 && l[0] != '#' && !l.StartsWith("go_", StringComparison.Ordinal)
            && !l.StartsWith("process_", StringComparison.Ordinal) && !l.StartsWith("pushgateway_", StringComparison.Ordinal)
            && !l.StartsWith("tallygate_", StringComparison.Ordinal) && !l.StartsWith("prometheus_", StringComparison.Ordinal)
            && (times || !l.StartsWith("push_", StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    /// <summary>Ends it in good order, so that it writes its state file.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Client.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
