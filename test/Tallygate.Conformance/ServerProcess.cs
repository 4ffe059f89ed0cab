using System.Diagnostics;
using System.Text;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>A real server program on a loopback port: Tallygate, or one of its peers from Debian. Disposing of it kills it.</summary>
public sealed class ServerProcess : IDisposable
{
    private static readonly HttpClient Shared = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private ServerProcess(string program, IEnumerable<string> arguments, int port)
    {
        Port = port;
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program under test: TALLYGATE_BIN, or the build's own.</summary>
    public static string TallygateProgram { get; } = Environment.GetEnvironmentVariable("TALLYGATE_BIN") is { Length: > 0 } given
        ? given
        : Path.Combine(Corpora.Root, "src", "Cli", "bin", Configuration, "net10.0", "tallygate");

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public int Port { get; }

    public int Id => _process.Id;

    public string Url => $"http://127.0.0.1:{Port}";

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts Tallygate on a data directory and waits until it is ready.</summary>
    public static async Task<ServerProcess> TallygateAsync(string data, int? port = null, params string[] flags)
    {
        var at = port ?? Ports.Free();
        return await new ServerProcess(TallygateProgram, ["serve", $"--web.listen-address=127.0.0.1:{at}", $"--storage.path={data}", .. flags], at)
            .ReadyAsync("/-/ready");
    }

    /// <summary>Starts the demo and waits until it answers.</summary>
    public static async Task<ServerProcess> DemoAsync()
    {
        var at = Ports.Free();
        return await new ServerProcess(TallygateProgram, ["demo", $"--web.listen-address=127.0.0.1:{at}"], at).ReadyAsync("/-/ready");
    }

    /// <summary>Starts Debian's Pushgateway.</summary>
    public static async Task<ServerProcess> PushgatewayAsync(params string[] flags)
    {
        var at = Ports.Free();
        var program = Peer("/usr/bin/prometheus-pushgateway");
        return await new ServerProcess(program, [$"--web.listen-address=127.0.0.1:{at}", "--persistence.file=", .. flags], at).ReadyAsync("/-/ready");
    }

    /// <summary>Starts Debian's Prometheus.</summary>
    public static async Task<ServerProcess> PrometheusAsync(string configuration, string data, params string[] flags)
    {
        var at = Ports.Free();
        var program = Peer("/usr/bin/prometheus");
        return await new ServerProcess(
            program, [$"--web.listen-address=127.0.0.1:{at}", $"--config.file={configuration}", $"--storage.tsdb.path={data}", .. flags], at).ReadyAsync("/-/ready");
    }

    /// <summary>The path of a peer from Debian; skips the test where it is missing.</summary>
    public static string Peer(string program)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed; ./test.sh installs it");
        return program;
    }

    public async Task<string> GetAsync(string path) => await Shared.GetStringAsync(Url + path);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null) =>
        await Shared.SendAsync(new HttpRequestMessage(method, Url + path) { Content = body is null ? null : new StringContent(body) });

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    private async Task<ServerProcess> ReadyAsync(string path)
    {
        for (var tries = 0; ; tries++)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode}:\n{Log}");
            }

            try
            {
                using var answer = await Shared.GetAsync(Url + path);
                if (answer.IsSuccessStatusCode)
                {
                    return this;
                }
            }
            catch (HttpRequestException) when (tries < 1500)
            {
                // Not listening yet.
            }

            Assert.True(tries < 1500, $"{_process.StartInfo.FileName} is not ready:\n{Log}");
            await Task.Delay(20);
        }
    }
}
