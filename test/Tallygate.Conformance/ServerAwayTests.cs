using System.Globalization;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>Scripts that push while the server is away: when it is back everything arrives once, in order, at its own time.</summary>
public sealed class ServerAwayTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_was_pushed_and_run_meanwhile_arrives_once_in_order_at_its_own_time()
    {
        var away = TimeSpan.FromSeconds(Soak.Rounds(full: 60, reduced: 5));
        using var folder = new TempFolder();
        var (data, spool) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "spool"));
        var port = Ports.Free();
        var server = await ServerProcess.TallygateAsync(data, port);
        var made = new List<(int Value, double From, double To)>();
        await PushAsync(0);
        Assert.Equal(0, await server.StopAsync());
        server.Dispose();
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 1; TimeProvider.System.GetElapsedTime(start) < away; i++)
        {
            await (i % 3 == 0 ? ExecAsync(i) : PushAsync(i));
            await Task.Delay(200);
        }

        using var back = await ServerProcess.TallygateAsync(data, port);
        var (code, text, problem) = await Shell.RunAsync(ServerProcess.TallygateProgram, ["spool", "deliver", "--spool=" + spool]);
        Assert.True(code == 0 && text == "nothing waits any more\n", text + problem);
        var times = await SamplesAsync(back, "records:pushed{job=\"away\"}[1h]");
        output.WriteLine($"{made.Count} pushes and commands, {made.Count(m => m.Value % 3 == 0 && m.Value > 0)} of them commands");
        Assert.Equal(made.Select(m => (double)m.Value), times.Select(t => t.Value));
        foreach (var ((value, from, to), (time, _)) in made.Zip(times))
        {
            Assert.True(time >= from - 0.001 && time <= to + 0.002, $"push {value} was made from {from:F3} to {to:F3} and is booked at {time:F3}");
        }

        Assert.Equal(made.Count(m => m.Value % 3 == 0 && m.Value > 0), (await SamplesAsync(back, "tallygate_exec_exit_code:pushed[1h]")).Count);

        // Again: nothing is left, and nothing comes twice.
        await Shell.RunAsync(ServerProcess.TallygateProgram, ["spool", "deliver", "--spool=" + spool]);
        Assert.Equal(made.Count, (await SamplesAsync(back, "records:pushed{job=\"away\"}[1h]")).Count);

        async Task PushAsync(int value)
        {
            var from = Now();
            var (ended, _, error) = await Shell.RunAsync(
                ServerProcess.TallygateProgram, ["push", "--job=away", $"--url=http://127.0.0.1:{port}", "--spool=" + spool], $"records {value}\n");
            Assert.True(ended == 0, error);
            made.Add((value, from, Now()));
        }

        async Task ExecAsync(int value)
        {
            var from = Now();
            var (ended, _, error) = await Shell.RunAsync(
                ServerProcess.TallygateProgram,
                ["exec", "--job=away", $"--url=http://127.0.0.1:{port}", "--spool=" + spool, "--", "sh", "-c", $"echo records {value} > $TALLYGATE_METRICS; exit 3"]);
            Assert.True(ended == 3, error);
            made.Add((value, from, Now()));
        }
    }

    [Fact]
    public async Task Neither_takes_input_without_a_final_newline()
    {
        using var folder = new TempFolder();
        var spool = Path.Combine(folder.Path, "spool");
        using var server = await ServerProcess.TallygateAsync(Path.Combine(folder.Path, "data"));
        var (code, _, error) = await Shell.RunAsync(
            ServerProcess.TallygateProgram, ["push", "--job=cut", "--url=" + server.Url, "--spool=" + spool], "records 42");
        Assert.Equal(1, code);
        Assert.Contains("newline", error, StringComparison.Ordinal);
        (code, _, error) = await Shell.RunAsync(
            ServerProcess.TallygateProgram,
            ["exec", "--job=cut", "--url=" + server.Url, "--spool=" + spool, "--", "sh", "-c", "printf 'records 42' > $TALLYGATE_METRICS"]);
        Assert.Equal(0, code);
        Assert.Contains("newline", error, StringComparison.Ordinal);
        Assert.Empty(await SamplesAsync(server, "records:pushed[1h]"));
        Assert.Equal(1, (await SamplesAsync(server, "tallygate_exec_metrics_refused:pushed[1h]")).Single().Value);
    }

    private static double Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    private static async Task<List<(double Time, double Value)>> SamplesAsync(ServerProcess server, string query)
    {
        using var document = JsonDocument.Parse(await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query)));
        var samples = new List<(double, double)>();
        foreach (var series in document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            samples.AddRange(series.GetProperty("values").EnumerateArray()
                .Select(v => (v[0].GetDouble(), double.Parse(v[1].GetString()!, CultureInfo.InvariantCulture))));
        }

        return [.. samples.OrderBy(s => s.Item1)];
    }
}
