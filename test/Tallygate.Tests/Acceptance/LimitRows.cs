using System.IO.Compression;
using System.Text;
using Snappier;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>P352: how large a push may be. Whatever is refused leaves no trace but a counter.</summary>
public sealed class LimitRows(LimitFixture fixture) : Rows(fixture), IClassFixture<LimitFixture>
{
    private const string BodyError = "the body has more than 1000 bytes (--push.max-body-size)";
    private const string UnpackedError = "the unpacked body has more than 2000 bytes (--push.max-unpacked-size)";
    private const string SeriesError = "the push has more than 20 series (--push.max-series)";

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task P352_A_body_may_not_be_larger_than_the_bound(int chunkBytes)
    {
        Status(200, await Sized(1000, chunkBytes));
        var before = await TooLarge();
        Error(413, BodyError, await Sized(1001, chunkBytes));
        Error(413, BodyError, await Sized(5000, chunkBytes));
        Assert.Equal(["job=1000"], await Groups());
        Assert.Equal(before + 2, await TooLarge());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("snappy")]
    public async Task P352_An_unpacked_body_may_not_be_larger_either(string encoding)
    {
        Status(200, await Packed(2000, encoding));
        Error(413, UnpackedError, await Packed(2001, encoding));
        Error(413, UnpackedError, await Packed(9000, encoding));
        Assert.Equal(["job=2000"], await Groups());
    }

    [Fact]
    public async Task P352_A_push_may_not_have_more_series_than_the_bound()
    {
        Status(200, await Put("/metrics/job/j", Gauges(20)));
        Error(413, SeriesError, await Put("/metrics/job/j", Gauges(21)));
        var histogram = "# TYPE h histogram\n" + string.Concat(Enumerable.Range(0, 18).Select(i => $"h_bucket{{le=\"{i}\"}} 1\n"));
        Status(200, await Post("/metrics/job/j", histogram));
        Error(413, SeriesError, await Post("/metrics/job/j", histogram + "more 1\n"));
        Assert.Equal(20, (await Lines("m{")).Length);
        await ShowsNo("more");
    }

    [Fact]
    public async Task P56_P352_What_the_original_was_seen_to_take_is_taken_by_default()
    {
        await using var server = await Tests.Server.TestServer.StartAsync();
        var body = new StringBuilder();
        for (var i = 0; i < 300_000; i++)
        {
            body.Append("m{i=\"").Append(i).Append("\"} 1\n");
        }

        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", body.ToString())).Status);
    }

    private static string Gauges(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"m{{i=\"{i}\"}} 1\n"));

    private static byte[] Body(int length) => Encoding.ASCII.GetBytes("m 1\n#" + new string('x', length - 6) + "\n");

    private Task<RawAnswer> Sized(int length, int chunkBytes) =>
        Send(new RawRequest("PUT", "/metrics/job/" + length) { Body = Body(length), ChunkBytes = chunkBytes });

    private Task<RawAnswer> Packed(int length, string encoding)
    {
        using var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip" ? new GZipStream(packed, CompressionMode.Compress) : new SnappyStream(packed, CompressionMode.Compress))
        {
            packing.Write(Body(length));
        }

        return Send("PUT", "/metrics/job/" + length, packed.ToArray(), ("Content-Encoding", encoding));
    }

    private async Task<int> TooLarge() =>
        int.Parse((await Lines("tallygate_pushes_refused_total{reason=\"too_large\"} ")).Single().Split(' ')[1]);
}
