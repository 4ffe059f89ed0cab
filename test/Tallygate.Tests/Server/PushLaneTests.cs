using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>What the way of the plainest pushes answers is what the server at large answers, and whatever it does not know goes on to that.</summary>
public sealed partial class PushLaneTests
{
    private const string Body = "# TYPE a gauge\na{x=\"1\"} 1\na{x=\"2\"} 2\n";

    // A header that the lane does not know, so that the request takes the other way.
    private const string Unknown = "X-Other-Way: 1\r\n";

    [Theory]
    [InlineData("PUT", "/metrics/job/j", Body)]
    [InlineData("POST", "/metrics/job/j/instance/i", Body)]
    [InlineData("PUT", "/metrics/job@base64/ag", Body)]
    [InlineData("PUT", "/metrics/job/j", "")]
    [InlineData("PUT", "/metrics/job/j", "a 1")]
    [InlineData("PUT", "/metrics/job/j", "a 1 1000\n")]
    [InlineData("PUT", "/metrics/job/j", "a{__name__=\"b\"} 1\n")]
    [InlineData("PUT", "/metrics/job/j", "go_goroutines 1\n")]
    [InlineData("PUT", "/metrics/job/j/x", Body)]
    [InlineData("PUT", "/metrics/job/j/__x/1", Body)]
    [InlineData("PUT", "/metrics/job/", Body)]
    [InlineData("PUT", "/metrics/jobs/j", Body)]
    [InlineData("PUT", "/metrics/job/j//", Body)]
    [InlineData("PUT", "/metrics/job/j/../k", Body)]
    [InlineData("PUT", "/metrics/job/j%2Fk", Body)]
    [InlineData("PUT", "/metrics/job/j?x=1", Body)]
    [InlineData("DELETE", "/metrics/job/j", "")]
    [InlineData("GET", "/-/healthy", "")]
    [InlineData("PATCH", "/metrics/job/j", Body)]
    public async Task Both_ways_give_the_same_answer(string method, string path, string body)
    {
        await using var server = await TestServer.StartAsync();
        using var lane = await ConnectAsync(server);
        using var large = await ConnectAsync(server);

        // Thrice, so that the form is learned and used.
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(lane, Request(method, path, body));
            await SendAsync(large, Request(method, path, body, Unknown));
            Assert.Equal(await AnswerAsync(large), await AnswerAsync(lane));
        }
    }

    [Theory]
    [InlineData("Content-Type: text/plain; version=0.0.4\r\n", 200)]
    [InlineData("content-type: nonsense\r\naccept: */*\r\n", 200)]
    [InlineData("Content-Encoding: gzip\r\n", 400)]
    [InlineData("Expect: 100-continue\r\n", 200)]
    [InlineData("Host: y\r\n", 400)]
    [InlineData("Content-Length: 5\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n", 400)]
    [InlineData("Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited\r\n", 400)]
    public async Task Headers_count_on_both_ways(string header, int status)
    {
        await using var server = await TestServer.StartAsync();
        using var lane = await ConnectAsync(server);
        using var large = await ConnectAsync(server);
        await SendAsync(lane, Request("PUT", "/metrics/job/j", Body, header));
        await SendAsync(large, Request("PUT", "/metrics/job/j", Body, header + Unknown));
        var answer = await AnswerAsync(lane);
        Assert.StartsWith($"HTTP/1.1 {status}", answer);
        Assert.Equal(await AnswerAsync(large), answer);
    }

    [Fact]
    public async Task Requests_may_come_in_pieces_or_many_at_once()
    {
        await using var server = await TestServer.StartAsync();
        using var connection = await ConnectAsync(server);
        var request = Request("PUT", "/metrics/job/j", Body);

        // The head is whole, the body comes byte by byte.
        var cut = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        await SendAsync(connection, request[..cut]);
        for (var i = cut; i < request.Length; i += 7)
        {
            await Task.Delay(2, TestContext.Current.CancellationToken);
            await SendAsync(connection, request[i..Math.Min(request.Length, i + 7)]);
        }

        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(connection));
        await SendAsync(connection, string.Concat(Enumerable.Range(0, 20).Select(i => Request("PUT", $"/metrics/job/j{i % 3}/instance/i", Body.Replace(" 2", $" {i}", StringComparison.Ordinal)))));
        for (var i = 0; i < 20; i++)
        {
            Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(connection));
        }

        // Half a head goes on to the server at large, and so does all that follows.
        await SendAsync(connection, request[..20]);
        await Task.Delay(20, TestContext.Current.CancellationToken);
        await SendAsync(connection, request[20..] + Request("GET", "/metrics", ""));
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(connection));
        var page = await AnswerAsync(connection);
        Assert.Contains("a{instance=\"i\",job=\"j1\",x=\"2\"} 19\n", page);
        Assert.Contains("pushgateway_http_requests_total{code=\"200\",handler=\"push\",method=\"put\"} 22\n", page);
        Assert.Equal(22, server.Tallygate.Gateway.Stats().ReplacesAccepted);
    }

    [Fact]
    public async Task A_body_of_another_form_is_read_as_a_whole()
    {
        await using var server = await TestServer.StartAsync();
        using var connection = await ConnectAsync(server);
        for (var i = 0; i < 40; i++)
        {
            await SendAsync(connection, Request("PUT", "/metrics/job/j", $"m{i % 7 / 2}{{l=\"{i % 3}\"}} {i}\n"));
            Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(connection));
            Assert.Equal(i, server.Tallygate.Gateway.Groups.All().Single().Families.Single().Family.Metrics.Single().Value);
        }
    }

    [Fact]
    public async Task Below_a_prefix_it_is_the_same()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { RoutePrefix = "/below/it" });
        using var connection = await ConnectAsync(server);
        await SendAsync(connection, Request("PUT", "/below/it/metrics/job/j", Body));
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(connection));
        await SendAsync(connection, Request("PUT", "/metrics/job/j", Body));
        Assert.StartsWith("HTTP/1.1 404", await AnswerAsync(connection));
    }

    [Fact]
    public async Task Connections_that_rest_do_not_hold_up_the_end()
    {
        var server = await TestServer.StartAsync();
        using var fresh = await ConnectAsync(server);
        using var used = await ConnectAsync(server);
        using var half = await ConnectAsync(server);
        await SendAsync(used, Request("PUT", "/metrics/job/j", Body));
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(used));
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, await used.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    private static string Request(string method, string path, string body, string headers = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: localhost:9091\r\nUser-Agent: test\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private static async Task<TcpClient> ConnectAsync(TestServer server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(server.Client.BaseAddress!.Host, server.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static Task SendAsync(TcpClient client, string text) =>
        client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    /// <summary>One whole answer, its headers in order, without the date and without numbers that no two pushes have in common.</summary>
    private static async Task<string> AnswerAsync(TcpClient client)
    {
        var stream = client.GetStream();
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 0)
            {
                break;
            }

            head.Append((char)one[0]);
        }

        var length = Length().Match(head.ToString()) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, l => l.StartsWith("Date: ", StringComparison.Ordinal) || lines[0].Contains(" 100 ", StringComparison.Ordinal));
        return string.Join('\n', lines.Take(1).Concat(lines.Skip(1).Where(l => !l.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal))) + "\n\n" + Time().Replace(Encoding.UTF8.GetString(body), "T");
    }

    [GeneratedRegex(@"Content-Length: (\d+)")]
    private static partial Regex Length();

    [GeneratedRegex(@"1\.\d+e\+09")]
    private static partial Regex Time();
}
