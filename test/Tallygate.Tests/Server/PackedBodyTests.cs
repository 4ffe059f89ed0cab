using System.IO.Compression;
using System.Text;
using Snappier;
using Tallygate.Server.Http;
using Tallygate.Testing;
using ZstdSharp;

namespace Tallygate.Tests.Server;

/// <summary>Bodies that are packed, in and out, over a real socket.</summary>
public sealed class PackedBodyTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 9_000).Select(i => $"some_metric{{i=\"{i}\"}} {i}\n")));

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("snappy", "snappy")]
    [InlineData("SNAPPY", "snappy")]
    public async Task P51_A_packed_push_is_taken_whole(string encoding, string packing)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal((200, ""), await PushAsync(server, encoding, Pack(packing, Body)));
        Assert.Equal(9_000, server.Tallygate.Gateway.Groups.All().Single().Families.Single().Family.Metrics.Count);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    public async Task P55_A_truncated_or_damaged_push_changes_nothing(string packing)
    {
        await using var server = await TestServer.StartAsync();
        var small = Pack(packing, "a 1\nb 2\n"u8.ToArray());
        var lengths = packing == "gzip" ? Enumerable.Range(0, small.Length) : Enumerable.Range(1, small.Length - 1).Except([10]);
        foreach (var length in lengths)
        {
            var (status, text) = await PushAsync(server, packing, small[..length]);
            Assert.True(status == 400, $"{length}: {text}");
            Assert.EndsWith(packing == "gzip" ? "EOF\n" : "snappy: corrupt input\n", text);
        }

        var large = Pack(packing, Body);
        for (var at = 10; at < large.Length; at += 997)
        {
            var damaged = large.ToArray();
            damaged[at] ^= 0x10;
            Assert.Equal(400, (await PushAsync(server, packing, damaged)).Status);
        }

        Assert.Equal(400, (await PushAsync(server, packing, [.. small, .. "garbage"u8])).Status);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }

    [Theory]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("identity")]
    [InlineData("gzip, gzip")]
    public async Task P51_Other_encodings_are_ignored(string encoding)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, (await PushAsync(server, encoding, "a 1\n"u8.ToArray())).Status);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("ff060000734e61507059", "", 0)]
    [InlineData("ff060000734e61507058", "snappy: corrupt input", 0)]
    [InlineData("00", "snappy: corrupt input", 0)]
    [InlineData("fe00000000", "snappy: corrupt input", 0)]
    [InlineData("ff060000734e61507059fe030000000000", "", 0)]
    [InlineData("ff060000734e6150705980030000000000", "", 0)]
    [InlineData("ff060000734e6150705902000000", "snappy: unsupported input", 0)]
    [InlineData("ff060000734e61507059fe030000", "snappy: corrupt input", 0)]
    [InlineData("ff060000734e615070590003000000", "snappy: corrupt input", 0)]
    [InlineData("ff060000734e61507059fdffff7f", "snappy: unsupported input", 0)]
    public void Frames_of_snappy_are_read_as_go_reads_them(string hex, string error, int length)
    {
        using var unpacked = SnappyFrames.Unpack(Convert.FromHexString(hex), long.MaxValue, out var problem);
        Assert.Equal(error, problem);
        Assert.Equal(error.Length > 0, unpacked is null);
        Assert.Equal(length, unpacked?.Length ?? 0);
    }

    [Fact]
    public void Unpacking_snappy_allocates_next_to_nothing()
    {
        var packed = Pack("snappy", Body);
        var least = Allocations.Least(() => SnappyFrames.Unpack(packed, long.MaxValue, out _)!.Dispose());
        Assert.InRange(least, 0, 100 * ((Body.Length / 65_536) + 2));
    }

    [Theory]
    [InlineData("gzip", null, "gzip")]
    [InlineData("zstd", null, "zstd")]
    [InlineData("zstd;q=0.9, gzip;q=0.8", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text", "zstd")]
    [InlineData("gzip", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text", "gzip")]
    [InlineData("br", null, null)]
    public async Task Scrapes_are_packed_as_negotiated(string accepted, string? accept, string? coding)
    {
        await using var server = await TestServer.StartAsync();
        await PushAsync(server, "identity", "some_metric 3.25\n"u8.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var plain = coding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "zstd" => new DecompressionStream(body),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        var page = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("3.25", page);
        Assert.Contains("pushgateway_build_info", page);
    }

    private static byte[] Pack(string packing, byte[] body)
    {
        using var target = new MemoryStream();
        using (Stream pack = packing == "gzip" ? new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)
            : new SnappyStream(target, CompressionMode.Compress, leaveOpen: true))
        {
            pack.Write(body);
        }

        return target.ToArray();
    }

    private static async Task<(int Status, string Text)> PushAsync(TestServer server, string encoding, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await server.Client.PutAsync(new Uri("/metrics/job/j", UriKind.Relative), content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
