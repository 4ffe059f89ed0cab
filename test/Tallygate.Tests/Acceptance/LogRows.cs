using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Server.Telemetry;

namespace Tallygate.Tests.Acceptance;

/// <summary>P250 to P252: what is logged, at which level, and in which form; without Go's field <c>caller</c>.</summary>
public sealed class LogRows : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task P250_P251_P252_The_lines_of_a_start_of_pushes_and_of_an_end()
    {
        var lines = await RunAsync(LogSeverity.Debug);
        Assert.All(lines, l => Assert.Matches("^ts=2026-11-22T13:15:36\\.442Z level=(debug|info|warn|error) msg=(\"(\\\\.|[^\"\\\\])+\"|[^ ]+)( [a-z_]+=(\"(\\\\.|[^\"\\\\])*\"|[^ \"]*))*$", l));
        Has("level=info msg=\"starting tallygate\" version=");
        Has("level=info msg=\"Listening on\" address=http://127.0.0.1:");
        Has("level=debug msg=\"failed to parse push path\" path=/metrics/job/j/odd err=\"odd number of components in label string");
        Has("level=debug msg=\"failed to parse push body\" path=/metrics/job/j err=\"text format parsing error in line 1: ");
        Has("level=error msg=\"pushed metrics are invalid or inconsistent with existing metrics\" method=POST path=/metrics/job/j source=127.0.0.1 "
            + "err=\"pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps\"");
        Has("level=info msg=\"groups disagree about the help text of a metric; the latest push that has one decides\" metric=m ");
        Has("level=info msg=\"HTTP server stopped\"");
        // The web server's own lines for debugging aside, a push that is taken leaves no line.
        Assert.DoesNotContain(lines, l => l.Contains("job/good", StringComparison.Ordinal) && !l.Contains(" msg=\"Request ", StringComparison.Ordinal));

        void Has(string text) => Assert.Contains(lines, l => l.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task P251_Syntax_errors_are_told_at_debug_only_and_refusals_always()
    {
        var lines = await RunAsync(LogSeverity.Error);
        var line = Assert.Single(lines);
        Assert.Contains("level=error msg=\"pushed metrics are invalid or inconsistent with existing metrics\" method=POST ", line, StringComparison.Ordinal);
    }

    /// <summary>Starts, takes good and bad pushes, is scraped, and stops.</summary>
    private async Task<string[]> RunAsync(LogSeverity least)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 13, 15, 36, 442, TimeSpan.Zero));
        using var text = new StringWriter();
        var server = TallygateServer.Create(
            new ServerOptions { ListenAddresses = ["127.0.0.1:0"], StoragePath = _folder },
            new ServerSetup { Time = time, Logs = new LineLoggerFactory(TextWriter.Synchronized(text), least, json: false, time) });
        using var stop = new CancellationTokenSource();
        var running = server.RunAsync(stop.Token);
        while (server.Addresses.Count == 0)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        using var client = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) };
        while (!(await client.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken)).IsSuccessStatusCode)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        foreach (var (path, body) in ((string, string)[])[
            ("/metrics/job/good", "# HELP m One.\nm 1\n"), ("/metrics/job/good2", "# HELP m Two.\nm 1\n"), ("/metrics/job/j/odd", "m 1\n"), ("/metrics/job/j", "m\n"),
            ("/metrics/job/j", "m 1 1\n")])
        {
            await client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8), TestContext.Current.CancellationToken);
        }

        await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await running;
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
