using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Tests.Gateway.Persistence;

namespace Tallygate.Tests.Cli;

/// <summary>The way from a real Pushgateway and back: state files that it wrote, and pushes that it takes.</summary>
public sealed class StateTransferTests : IDisposable
{
    private const string AllTypes = """
        # HELP c A counter, with a "quote" and a \\.
        # TYPE c counter
        c{x="1"} 42
        c{x="ümlaut\n"} 1e-300
        # TYPE g gauge
        g -1.5
        # TYPE h histogram
        h_bucket{le="0.5"} 2
        h_bucket{le="+Inf"} 5
        h_sum 7
        h_count 5
        # TYPE s summary
        s{quantile="0.5"} NaN
        s{quantile="0.99"} +Inf
        s_sum 9
        s_count 4
        u 12345678901234567890

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-state-").FullName;

    private string State => Path.Combine(_folder, "pushgateway.data");

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task P215_What_a_Pushgateway_wrote_shows_the_same_here_once()
    {
        var shown = await FillAsync();
        var before = await File.ReadAllBytesAsync(State, TestContext.Current.CancellationToken);
        await using (var server = await ServeAsync(State))
        {
            using var client = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) };
            Assert.Equal(shown, DebianPushgateway.Lines(await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), times: true));
            Assert.Equal(8, server.Gateway.Groups.Position.Value);
            var counted = await client.GetStringAsync("/api/v1/query?query=count_over_time(g:pushed[1h])", TestContext.Current.CancellationToken);
            Assert.Contains("\"1\"]", counted, StringComparison.Ordinal);

            // What is deleted here stays deleted at the next start.
            (await client.DeleteAsync("/metrics/job/deleted", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            shown = [.. shown.Where(l => !l.Contains("job=\"deleted\"", StringComparison.Ordinal))];
        }

        await using (var again = await ServeAsync(State))
        {
            using var client = new HttpClient { BaseAddress = new Uri(again.Addresses[0]) };
            Assert.Equal(shown, DebianPushgateway.Lines(await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), times: true));
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(State, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task P213_An_unreadable_state_file_stops_the_start_with_file_and_offset()
    {
        await File.WriteAllTextAsync(State, "nonsense", TestContext.Current.CancellationToken);
        var problem = await Assert.ThrowsAsync<StartException>(() => ServeAsync(State));
        Assert.Contains($"{State}: at byte ", problem.Message, StringComparison.Ordinal);
        Assert.Equal("nonsense", await File.ReadAllTextAsync(State, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<StartException>(() => ServeAsync(_folder));

        // Without it, and with one that is not there, the same directory serves.
        await (await ServeAsync(Path.Combine(_folder, "nowhere"))).DisposeAsync();
    }

    [Fact]
    public async Task By_hand_in_and_out_again_the_groups_are_those_of_the_Pushgateway()
    {
        var shown = Without(await FillAsync());
        var (code, output, error) = await TallygateProgram.RunAsync("import", "pushgateway", $"--storage.path={Data}", State);
        Assert.True(code == 0, error);
        Assert.StartsWith("imported 6 groups with 8 families into ", output, StringComparison.Ordinal);
        (code, output, _) = await TallygateProgram.RunAsync("import", "pushgateway", $"--storage.path={Data}", State);
        Assert.Equal(0, code);
        Assert.Contains("imported 0 groups", output, StringComparison.Ordinal);

        await using (var other = await DebianPushgateway.StartAsync(Path.Combine(_folder, "other")))
        {
            (code, output, error) = await TallygateProgram.RunAsync("export", "pushgateway", $"--storage.path={Data}", $"--to={other.Client.BaseAddress}");
            Assert.True(code == 0, error);
            Assert.StartsWith("delivered 5 of 5 groups", output, StringComparison.Ordinal);
            Assert.Contains("1 groups are left out", error, StringComparison.Ordinal);
            Assert.Equal(shown, await other.GroupsAsync(times: false));
        }

        var written = Path.Combine(_folder, "out");
        (code, _, error) = await TallygateProgram.RunAsync("export", "pushgateway", $"--storage.path={Data}", $"--out={written}");
        Assert.True(code == 0, error);
        await using var third = await DebianPushgateway.StartAsync(Path.Combine(_folder, "third"));
        using var script = Process.Start(Path.Combine(written, "push.sh"), [third.Client.BaseAddress!.ToString().TrimEnd('/')])!;
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, script.ExitCode);
        Assert.Equal(shown, await third.GroupsAsync(times: false));
    }

    [Fact]
    public async Task A_directory_in_use_is_refused_by_both()
    {
        await using var server = await ServeAsync("");
        await File.WriteAllTextAsync(State, "x", TestContext.Current.CancellationToken);
        foreach (var arguments in (string[][])[["import", "pushgateway", $"--storage.path={Data}", State], ["export", "pushgateway", $"--storage.path={Data}", "--out=x"]])
        {
            var (code, _, error) = await TallygateProgram.RunAsync(arguments);
            Assert.Equal(1, code);
            Assert.Contains("is in use", error, StringComparison.Ordinal);
        }
    }

    private static string[] Without(string[] lines) => [.. lines.Where(l => !l.StartsWith("push_", StringComparison.Ordinal))];

    /// <summary>Lets a real Pushgateway take pushes of every kind and write its state; what it showed is returned.</summary>
    private async Task<string[]> FillAsync()
    {
        await using var gateway = await DebianPushgateway.StartAsync(State);
        Assert.Equal(200, await gateway.PushAsync("POST", "/metrics/job/all/instance/i1", new StringContent(AllTypes)));
        Assert.Equal(200, await gateway.PushAsync("POST", "/metrics/job/all/instance/i1", new StringContent("u 2\n")));
        Assert.Equal(200, await gateway.PushAsync("PUT", "/metrics/job@base64/YS9iIMO8/x@base64/=", new StringContent("only 1\n")));
        Assert.Equal(200, await gateway.PushAsync("PUT", "/metrics/job/empty", new StringContent("")));
        Assert.Equal(200, await gateway.PushAsync("PUT", "/metrics/job/deleted", new StringContent("gone 1\n")));
        Assert.Equal(400, await gateway.PushAsync("PUT", "/metrics/job/failed", new StringContent("c 1 1000\n")));
        Assert.Equal(400, await gateway.PushAsync("PUT", "/metrics/job/deleted", new StringContent("c 1 1000\n")));
        var native = new ByteArrayContent(Native());
        native.Headers.ContentType = MediaTypeHeaderValue.Parse("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited");
        Assert.Equal(200, await gateway.PushAsync("PUT", "/metrics/job/protobuf", native));
        var shown = await gateway.GroupsAsync(times: true);
        await gateway.StopAsync();
        return shown;
    }

    private static byte[] Native()
    {
        var target = new ArrayBufferWriter<byte>();
        var exemplar = new Exemplar(Labels.FromSorted([new Label("trace_id", "t")]), 1, null);
        MetricFamilyCodec.WriteDelimited(target, new MetricFamily
        {
            Name = "counted",
            Type = MetricType.Counter,
            Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Counter, Value = 3, Exemplar = exemplar }],
        });
        return target.WrittenSpan.ToArray();
    }

    private async Task<TallygateServer> ServeAsync(string state)
    {
        var server = TallygateServer.Create(new ServerOptions { ListenAddresses = ["127.0.0.1:0"], StoragePath = Data, PersistenceFile = state });
        try
        {
            await server.OpenAsync();
            await server.StartHttpAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
