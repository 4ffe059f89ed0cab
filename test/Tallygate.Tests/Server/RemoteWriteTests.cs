using System.Text.Json;
using Snappier;
using Tallygate.Server.Configuration;
using Tallygate.Tests.Remote;

namespace Tallygate.Tests.Server;

/// <summary>The receiver of remote write over a real socket: statuses and words as Prometheus 3.</summary>
public sealed class RemoteWriteTests
{
    private static readonly byte[] Request = new WriteRequestBytes()
        .Series(s => s.Label("__name__", "remote").Label("job", "j").Sample(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 42)).ToArray();

    [Fact]
    public async Task What_is_sent_can_be_queried_and_late_or_doubled_samples_are_refused()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { EnableRemoteWriteReceiver = true });
        Assert.Equal((204, ""), await PostAsync(server, Snappy.CompressToArray(Request)));
        var (_, body, _) = await server.SendAsync("GET", "/api/v1/query?query=remote");
        Assert.Equal("42", JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.Equal((400, "out of order sample\n"), await SampleAsync(now - 60_000, 1));
        Assert.Equal((204, ""), await SampleAsync(now + 1_000, 1));
        Assert.Equal((204, ""), await SampleAsync(now + 1_000, 1));
        Assert.Equal((400, "duplicate sample for timestamp\n"), await SampleAsync(now + 1_000, 2));
        Assert.Equal((400, "out of bounds: timestamp is too far in the future\n"), await SampleAsync(now + 700_000, 1));

        Task<(int, string)> SampleAsync(long time, double value) => PostAsync(
            server, Snappy.CompressToArray(new WriteRequestBytes().Series(s => s.Label("__name__", "remote").Label("job", "j").Sample(time, value)).ToArray()));
    }

    [Fact]
    public async Task Late_samples_are_taken_within_the_window_that_the_configuration_gives()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "storage: {tsdb: {out_of_order_time_window: 30m}}\n");
        await using var server = await TestServer.StartAsync(new ServerOptions { EnableRemoteWriteReceiver = true, ConfigFile = file });
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.Equal(204, (await SampleAsync(now, 1)).Status);
        Assert.Equal(204, (await SampleAsync(now - (29 * 60_000), 2)).Status);
        Assert.Equal(204, (await SampleAsync(now - 60_000, 4)).Status);
        Assert.Equal(400, (await SampleAsync(now - (31 * 60_000), 8)).Status);
        var (_, body, _) = await server.SendAsync("GET", "/api/v1/query?query=sum_over_time(remote%5B1h%5D)");
        Assert.Equal("7", JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        File.Delete(file);

        Task<(int Status, string)> SampleAsync(long time, double value) => PostAsync(
            server, Snappy.CompressToArray(new WriteRequestBytes().Series(s => s.Label("__name__", "remote").Label("job", "j").Sample(time, value)).ToArray()));
    }

    [Theory]
    [InlineData("application/x-protobuf", 204, "")]
    [InlineData("application/x-protobuf;proto=prometheus.WriteRequest", 204, "")]
    [InlineData("", 204, "")]
    [InlineData("text/plain", 415, "expected application/x-protobuf as the first (media) part, got text/plain content-type\n")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v2.Request", 415, "io.prometheus.write.v2.Request protobuf message is not accepted by this server; only accepts prometheus.WriteRequest\n")]
    [InlineData("application/x-protobuf;proto=x.Y", 415, "got application/x-protobuf;proto=x.Y content type; unknown type for remote write protobuf message x.Y, supported: prometheus.WriteRequest, io.prometheus.write.v2.Request\n")]
    public async Task Content_types(string type, int status, string text)
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { EnableRemoteWriteReceiver = true });
        Assert.Equal((status, text), await PostAsync(server, Snappy.CompressToArray(Request), type));
    }

    [Fact]
    public async Task Other_packings_and_broken_bodies_are_refused()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { EnableRemoteWriteReceiver = true });
        Assert.Equal((415, "zstd encoding (compression) is not accepted by this server; only snappy is acceptable\n"), await PostAsync(server, Request, encoding: "zstd"));
        Assert.Equal((400, "snappy: corrupt input\n"), await PostAsync(server, [1, 2, 3]));
        Assert.Equal((400, "snappy: corrupt input\n"), await PostAsync(server, []));
        Assert.Equal(400, (await PostAsync(server, [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0])).Status);
        Assert.Equal((400, "unexpected EOF\n"), await PostAsync(server, Snappy.CompressToArray(Request.AsSpan(0, Request.Length - 3))));
        Assert.Equal((204, ""), await PostAsync(server, Snappy.CompressToArray([])));
    }

    [Fact]
    public async Task Switched_off_it_says_so()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(
            (404, "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n"), await PostAsync(server, Snappy.CompressToArray(Request)));
        Assert.Equal(405, (await server.SendAsync("GET", "/api/v1/write")).Status);
    }

    private static async Task<(int Status, string Body)> PostAsync(TestServer server, byte[] body, string type = "application/x-protobuf", string encoding = "snappy")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type.Length == 0 ? [] : [type]);
        content.Headers.ContentEncoding.Add(encoding);
        using var answer = await server.Client.PostAsync("/api/v1/write", content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
