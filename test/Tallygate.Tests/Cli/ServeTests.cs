using System.Net.Sockets;
using System.Text;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Cli;

/// <summary>The serving program and server: reloads, and starts that must not happen.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-serve-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bad_file_is_refused_whole_and_a_good_one_taken(bool bySignal)
    {
        var config = Write("prometheus.yml", "rule_files: [rules.yml]\n");
        Write("rules.yml", Rules("first"));
        using var process = TallygateProgram.Start(
            "serve", "--web.listen-address=127.0.0.1:0", $"--storage.path={Data}", $"--config.file={config}", "--web.enable-lifecycle");
        try
        {
            var log = new StringBuilder();
            var url = await UrlAsync(process.StandardError, log);
            using var client = new HttpClient { BaseAddress = new Uri(url) };
            await UntilAsync(process.StandardError, log, "msg=ready");
            Assert.Contains("\"first\"", await RuleNamesAsync(client), StringComparison.Ordinal);

            // The group is good, its second rule is not: nothing of the file may hold.
            Write("rules.yml", Rules("second") + "  - {record: broken, expr: 'sum('}\n");
            Assert.Equal(bySignal ? 0 : 500, await ReloadAsync(process, client, bySignal));
            await UntilAsync(process.StandardError, log, "rules.yml:");
            Assert.Contains("\"first\"", await RuleNamesAsync(client), StringComparison.Ordinal);

            Write("rules.yml", Rules("third"));
            log.Clear();
            Assert.Equal(bySignal ? 0 : 200, await ReloadAsync(process, client, bySignal));
            await UntilAsync(process.StandardError, log, "configuration");
            var names = await RuleNamesAsync(client);
            Assert.Contains("\"third\"", names, StringComparison.Ordinal);
            Assert.DoesNotContain("\"first\"", names, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task A_damaged_log_stops_the_start_and_is_named_with_its_place()
    {
        var options = new ServerOptions { StoragePath = Data, ListenAddresses = ["127.0.0.1:0"] };
        await using (var server = TallygateServer.Create(options))
        {
            await server.OpenAsync();
            await server.StartHttpAsync();
            using var client = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) };
            for (var i = 0; i < 3; i++)
            {
                using var body = new StringContent($"records_processed {i}\n");
                (await client.PutAsync(new Uri($"/metrics/job/{i}", UriKind.Relative), body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            }
        }

        var segment = Directory.EnumerateFiles(Path.Combine(Data, "log"), "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 0x10;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);

        await using (var server = TallygateServer.Create(options))
        {
            var refusal = await Assert.ThrowsAsync<StartException>(server.OpenAsync);
            Assert.Contains($"{segment} is damaged at byte ", refusal.Message, StringComparison.Ordinal);
        }

        var (code, _, error) = await TallygateProgram.RunAsync("serve", "--web.listen-address=127.0.0.1:0", $"--storage.path={Data}");
        Assert.Equal(1, code);
        Assert.Contains($"tallygate: error: ", error, StringComparison.Ordinal);
        Assert.Contains($"{segment} is damaged at byte ", error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_port_in_use_is_said_in_one_line()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var (code, _, error) = await TallygateProgram.RunAsync("serve", $"--web.listen-address={taken.LocalEndpoint}", $"--storage.path={Data}");
        Assert.Equal(1, code);
        var lines = error.TrimEnd().Split('\n').Where(line => !line.Contains("level=info", StringComparison.Ordinal));
        Assert.Equal($"tallygate: error: cannot listen: Failed to bind to address http://{taken.LocalEndpoint}: address already in use", Assert.Single(lines));
    }

    [Fact]
    public async Task P191_Sockets_of_systemd_are_served()
    {
        const string Activate = "import os,socket,sys; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); os.dup2(s.fileno(),3); os.set_inheritable(3,True); "
            + "os.environ.update(LISTEN_FDS='1',LISTEN_PID=str(os.getpid())); os.execv(sys.argv[1],sys.argv[1:])";
        using var process = TallygateProgram.StartBy(["python3", "-c", Activate], "serve", "--web.systemd-socket", $"--storage.path={Data}");
        try
        {
            var log = new StringBuilder();
            using var client = new HttpClient { BaseAddress = new Uri(await UrlAsync(process.StandardError, log)) };
            await UntilAsync(process.StandardError, log, "msg=ready");
            Assert.Equal("OK", await client.GetStringAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken));
        }
        finally
        {
            process.Kill();
        }

        var (code, _, error) = await TallygateProgram.RunAsync("serve", "--web.systemd-socket", $"--storage.path={Data}");
        Assert.Equal(1, code);
        Assert.Contains("tallygate: error: --web.systemd-socket: no socket activation file descriptors found", error, StringComparison.Ordinal);
    }

    private static string Rules(string name) => $"groups:\n- name: g\n  rules:\n  - {{record: {name}, expr: up}}\n";

    private static async Task<string> UrlAsync(StreamReader stream, StringBuilder log)
    {
        var line = await UntilAsync(stream, log, "http://127.0.0.1:");
        var from = line.IndexOf("http://", StringComparison.Ordinal);
        var length = line.AsSpan(from + 17).IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? line[from..] : line.Substring(from, 17 + length);
    }

    /// <summary>Reads log lines until one holds the text.</summary>
    private static async Task<string> UntilAsync(StreamReader stream, StringBuilder log, string text)
    {
        while (await stream.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            log.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"the program ended without \"{text}\":\n{log}");
    }

    private static async Task<string> RuleNamesAsync(HttpClient client) =>
        await client.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative), TestContext.Current.CancellationToken);

    private static async Task<int> ReloadAsync(System.Diagnostics.Process process, HttpClient client, bool bySignal)
    {
        if (!bySignal)
        {
            return (int)(await client.PostAsync(new Uri("/-/reload", UriKind.Relative), null, TestContext.Current.CancellationToken)).StatusCode;
        }

        using var kill = System.Diagnostics.Process.Start("kill", ["-HUP", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        return kill.ExitCode;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
