using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Configuration;
using Tallygate.Tests.Cli;

namespace Tallygate.Tests.Server;

/// <summary>The push log over HTTP and from the command line.</summary>
public sealed class PushesEndpointTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, 500, TimeSpan.Zero);

    [Fact]
    public async Task Every_format_shows_who_pushed_what_and_why_it_was_refused()
    {
        await using var server = await FilledAsync();
        const string Push = """
            {"position":1,"received":"2026-11-22T12:00:00.5Z","verb":"replace","outcome":"accepted","stamp":1795348800.500,"group":{"job":"nightly"},"run":{"id":"r1","state":"finished"},"client":{"address":"127.0.0.1","user_agent":"backup/1.0"},"families":[{"name":"records","type":"untyped","metrics":[{"labels":{"instance":"","job":"nightly","type":"a"},"value":"42"}]}]}
            """;
        const string Refused = """
            {"position":2,"received":"2026-11-22T12:00:10.5Z","verb":"merge","outcome":"refused","group":{"job":"nightly"},"reason":"the run \"r1\" of this group has ended","run":{"id":"r1"},"client":{"address":"127.0.0.1","user_agent":""}}
            """;
        const string Deleted = """
            {"position":3,"received":"2026-11-22T12:00:20.5Z","verb":"delete","outcome":"accepted","group":{"job":"nightly"},"client":{"address":"127.0.0.1","user_agent":""}}
            """;
        Assert.Equal($"{{\"status\":\"success\",\"data\":{{\"entries\":[{Deleted},{Refused}],\"next\":2,\"head\":3}}}}", await GetAsync(server, "?limit=2"));
        Assert.Equal($"{{\"status\":\"success\",\"data\":{{\"entries\":[{Push}],\"head\":3}}}}", await GetAsync(server, "?limit=2&from=2"));
        Assert.Equal($"{Push}\n{Refused}\n{Deleted}\n", await GetAsync(server, "?format=ndjson&order=oldest"));
        Assert.Equal($"{Refused}\n", await GetAsync(server, "?format=ndjson&outcome=refused&match[]={job=\"nightly\"}"));
        Assert.Equal($"{Push}\n", await GetAsync(server, "?format=ndjson&time=stamp&start=1795348800.5&end=1795348800.5"));
        Assert.Empty(await GetAsync(server, "?format=ndjson&start=1795348821"));
        Assert.Equal(
            "position,received,stamp,verb,outcome,group,run,run_state,address,user_agent,reason,suppressed,series,value\r\n"
            + "1,2026-11-22T12:00:00.5Z,2026-11-22T12:00:00.5Z,replace,accepted,\"{job=\"\"nightly\"\"}\",r1,finished,127.0.0.1,backup/1.0,,,\"records{job=\"\"nightly\"\", type=\"\"a\"\"}\",42\r\n"
            + "2,2026-11-22T12:00:10.5Z,,merge,refused,\"{job=\"\"nightly\"\"}\",r1,,127.0.0.1,,\"the run \"\"r1\"\" of this group has ended\",,,\r\n",
            await GetAsync(server, "?format=csv&order=oldest&limit=2"));
        Assert.Equal(
            "2026-11-22T12:00:00.5Z #1 replace  {job=\"nightly\"}  records{type=\"a\"} 42  run r1  finished  from 127.0.0.1 backup/1.0\n"
            + "2026-11-22T12:00:10.5Z #2 merge  {job=\"nightly\"}  run r1  from 127.0.0.1  REFUSED: the run \"r1\" of this group has ended\n",
            await GetAsync(server, "?format=text&order=oldest&limit=2"));
        var answer = await server.SendAsync("GET", "/api/v1/pushes", headers: ("Accept", "text/csv"));
        Assert.Equal("text/csv; charset=utf-8; header=present", answer.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal(("1", "3"), (answer.Response.Headers.GetValues("Tallygate-Log-At").Single(), answer.Response.Headers.GetValues("Tallygate-Log-Head").Single()));
    }

    [Theory]
    [InlineData("?order=random", "invalid parameter \\\"order\\\": expected newest or oldest, got \\\"random\\\"")]
    [InlineData("?time=push", "invalid parameter \\\"time\\\": expected received or stamp, got \\\"push\\\"")]
    [InlineData("?from=-1", "invalid parameter \\\"from\\\": cannot parse \\\"-1\\\" to a position")]
    [InlineData("?limit=10001", "invalid parameter \\\"limit\\\": must not be greater than 10000")]
    [InlineData("?format=xml", "invalid parameter \\\"format\\\": expected json, ndjson, csv or text, got \\\"xml\\\"")]
    [InlineData("?format=csv&start=x", "invalid parameter \\\"start\\\": cannot parse \\\"x\\\" to a valid timestamp")]
    public async Task What_cannot_be_asked_is_400_and_says_why(string query, string why)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync("GET", "/api/v1/pushes" + query);
        Assert.Equal((400, $"{{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"{why}\"}}"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Waiting_ends_when_a_push_comes()
    {
        await using var server = await TestServer.StartAsync();
        var waiting = server.SendAsync("GET", "/api/v1/pushes?format=text&order=oldest&wait=30s&from=0&limit=10");
        await server.SendAsync("PUT", "/metrics/job/j", "a 1\n");
        Assert.Contains(" #1 replace  {job=\"j\"}  a 1", (await waiting).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_commands_read_a_server_and_its_data_directory()
    {
        await using var server = await FilledAsync();
        var url = server.Tallygate.Addresses[0];
        var data = Path.Combine(server.Folder, "data");
        var newest = await GetAsync(server, "?format=text&order=oldest");
        var tail = await TallygateProgram.RunAsync("log", "tail", "--url=" + url);
        Assert.Equal((0, newest), (tail.Code, tail.Out));
        tail = await TallygateProgram.RunAsync("log", "tail", "-n", "1", "--format=ndjson", "--match={job=\"nightly\"}", "--url", url);
        Assert.StartsWith("{\"position\":3,", tail.Out, StringComparison.Ordinal);

        // The server runs meanwhile.
        tail = await TallygateProgram.RunAsync("log", "tail", "--storage.path=" + data);
        Assert.Equal((0, newest), (tail.Code, tail.Out));
        var export = await TallygateProgram.RunAsync("log", "export", "--storage.path=" + data);
        Assert.Equal((0, await GetAsync(server, "?format=ndjson&order=oldest"), "3 entries written\n"), (export.Code, export.Out, export.Error));
        var file = Path.Combine(server.Folder, "log.csv");
        export = await TallygateProgram.RunAsync("log", "export", "--storage.path", data, "--format=csv", "--output=" + file, "--outcome=refused");
        Assert.Equal((0, await GetAsync(server, "?format=csv&outcome=refused")), (export.Code, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
        var verify = await TallygateProgram.RunAsync("log", "verify", "--storage.path=" + data);
        Assert.Equal(0, verify.Code);
        Assert.Contains(
            "3 entries: 2 accepted with 1 metrics, 1 refused\nreceived from 2026-11-22T12:00:00.500Z to 2026-11-22T12:00:20.500Z\nno damage found\n",
            verify.Out,
            StringComparison.Ordinal);
        Assert.Equal(1, (await TallygateProgram.RunAsync("log", "verify", "--storage.path=" + server.Folder)).Code);
        Assert.Equal(1, (await TallygateProgram.RunAsync("log", "tail", "--format=csv", "--url=" + url)).Code);
    }

    [Fact]
    public async Task Tail_follows_a_server()
    {
        await using var server = await FilledAsync();
        using var tail = TallygateProgram.Start("log", "tail", "-f", "-n", "1", "--match={job=\"nightly\"}", "--url=" + server.Tallygate.Addresses[0]);
        try
        {
            Assert.Contains(" #3 delete ", await tail.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await server.SendAsync("PUT", "/metrics/job/other", "records 1\n");
            await server.SendAsync("PUT", "/metrics/job/nightly", "records 2\n");
            Assert.Contains(" #5 replace  {job=\"nightly\"}  records 2 ", await tail.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await server.SendAsync("PUT", "/metrics/job/nightly", "records 3\n");
            Assert.Contains(" #6 replace  {job=\"nightly\"}  records 3 ", await tail.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            tail.Kill();
        }
    }

    [Fact]
    public async Task Verify_says_where_the_damage_is()
    {
        await using var server = await FilledAsync();
        await server.Tallygate.DisposeAsync();
        var segment = Directory.GetFiles(Path.Combine(server.Folder, "data", "log"), "*.wal").Single();
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[110] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        var verify = await TallygateProgram.RunAsync("log", "verify", "--storage.path=" + Path.Combine(server.Folder, "data"));
        Assert.Equal(1, verify.Code);
        Assert.Contains($"{segment} is damaged at byte 64: the checksum of record 1 does not match", verify.Error, StringComparison.Ordinal);
    }

    /// <summary>A server with a push, a refusal and a deletion, ten seconds apart.</summary>
    private static async Task<TestServer> FilledAsync()
    {
        var time = new FakeTimeProvider(Noon);
        var server = await TestServer.StartAsync(time: time, config: LoadedConfig.Empty);
        var pushed = await server.SendAsync(
            "PUT", "/metrics/job/nightly", "records{type=\"a\"} 42\n", null, ("Tallygate-Run-Id", "r1"), ("Tallygate-Run-State", "finished"), ("User-Agent", "backup/1.0"));
        Assert.Equal(200, pushed.Status);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(409, (await server.SendAsync("POST", "/metrics/job/nightly", "records 1\n", null, ("Tallygate-Run-Id", "r1"))).Status);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(202, (await server.SendAsync("DELETE", "/metrics/job/nightly")).Status);
        return server;
    }

    private static async Task<string> GetAsync(TestServer server, string query) => (await server.SendAsync("GET", "/api/v1/pushes" + query)).Body;
}
