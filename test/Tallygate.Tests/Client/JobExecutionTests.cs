using Tallygate.Client;
using Tallygate.Client.Execution;
using Tallygate.Client.Spool;
using Tallygate.Tests.Server;
using Tallygate.Wal;

namespace Tallygate.Tests.Client;

/// <summary>A command runs as if nobody watched, and the server hears how it went.</summary>
public sealed class JobExecutionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-exec-").FullName;
    private readonly List<string> _warnings = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_and_end_are_one_run_and_the_metrics_come_along()
    {
        await using var server = await TestServer.StartAsync();
        var address = server.Client.BaseAddress!.ToString();
        Assert.Equal(0, await RunAsync(address, "echo \"records 42\" > $TALLYGATE_METRICS"));
        var page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("records{instance=\"\",job=\"nightly\"} 42\n", page, StringComparison.Ordinal);
        Assert.Contains("tallygate_exec_exit_code{instance=\"\",job=\"nightly\"} 0\n", page, StringComparison.Ordinal);
        Assert.Contains("tallygate_exec_cpu_seconds{instance=\"\",job=\"nightly\",mode=\"user\"} ", page, StringComparison.Ordinal);
        var success = Value(page, "tallygate_exec_last_success_time_seconds");

        Assert.Equal(3, await RunAsync(address, "exit 3"));
        page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("tallygate_exec_exit_code{instance=\"\",job=\"nightly\"} 3\n", page, StringComparison.Ordinal);
        Assert.Equal(success, Value(page, "tallygate_exec_last_success_time_seconds"));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("printf 'records 42' > $TALLYGATE_METRICS", "must end with a newline")]
    [InlineData("echo 'records many' > $TALLYGATE_METRICS", "expected float as value")]
    [InlineData("echo 'tallygate_exec_exit_code 0' > $TALLYGATE_METRICS", "is written by tallygate exec itself")]
    public async Task Bad_metrics_are_told_kept_and_not_pushed(string script, string says)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(0, await RunAsync(server.Client.BaseAddress!.ToString(), script));
        var page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("tallygate_exec_metrics_refused{instance=\"\",job=\"nightly\"} 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("records{", page, StringComparison.Ordinal);
        var warning = Assert.Single(_warnings);
        Assert.Contains(says, warning, StringComparison.Ordinal);
        Assert.Contains("the file is kept", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_that_the_server_refuses_do_not_take_the_outcome_with_them()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(4, await RunAsync(server.Client.BaseAddress!.ToString(), "printf 'records 1\nrecords 2\n' > $TALLYGATE_METRICS; exit 4"));
        var page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Equal((1.0, 4.0), (Value(page, "tallygate_exec_metrics_refused"), Value(page, "tallygate_exec_exit_code")));
        Assert.Equal(2, _warnings.Count);
        Assert.StartsWith("the push was refused: 400 Bad Request: ", _warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_changes_nothing_for_the_command()
    {
        Assert.Equal(7, await RunAsync("http://127.0.0.1:1", "exit 7"));
        Assert.Equal(2, Spool().Names().Count);
        Assert.All(_warnings, w => Assert.Contains("cannot reach http://127.0.0.1:1", w, StringComparison.Ordinal));
        var pushes = Spool().Names().Select(n => Spool().Read(n).Push).ToList();
        Assert.Equal([null, "failed"], pushes.Select(p => p.RunState));
        Assert.Single(pushes.Select(p => p.RunId).Distinct());
    }

    [Theory]
    [InlineData("/no/such/command", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task A_command_that_cannot_be_run_ends_as_in_a_shell(string command, int code)
    {
        Assert.Equal(code, await RunAsync("http://127.0.0.1:1", command: [command]));
        Assert.Contains(_warnings, w => w.StartsWith($"cannot run {command}: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signal_that_ends_the_command_is_its_exit_code()
    {
        Assert.Equal(128 + 15, await RunAsync("http://127.0.0.1:1", "kill -TERM $$"));
    }

    [Fact]
    public async Task Memory_is_the_commands_and_not_ours()
    {
        await RunAsync("http://127.0.0.1:1", "sleep 0.4");
        var body = System.Text.Encoding.UTF8.GetString(Spool().Read(Spool().Names()[^1]).Push.Body.Span);
        Assert.InRange(Value(body, "tallygate_exec_max_memory_bytes"), 100_000, 20_000_000);
        Assert.InRange(Value(body, "tallygate_exec_duration_seconds"), 0.4, 60);
    }

    private static double Value(string text, string name)
    {
        var line = text.Split('\n').Single(l => l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[line.LastIndexOf(' ')..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private PushSpool Spool() => new(Path.Combine(_folder, "spool"), DiskFileSystem.Instance);

    private async Task<int> RunAsync(string server, string script = "", string[]? command = null)
    {
        Assert.True(PushTarget.TryCreate(server, "nightly", [], out var target, out _));
        using var sender = new PushSender(new PushSenderOptions(), TimeProvider.System);
        return await new JobExecution(Spool(), sender, TimeProvider.System, _warnings.Add).RunAsync(new ExecutionOptions
        {
            Target = target,
            RunId = Guid.NewGuid().ToString("N"),
            Command = command ?? ["/bin/sh", "-c", script],
        });
    }
}
