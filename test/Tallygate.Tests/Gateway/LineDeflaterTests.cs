using System.IO.Compression;
using System.Text;
using CsCheck;
using Tallygate.Gateway.Page;

namespace Tallygate.Tests.Gateway;

public sealed class LineDeflaterTests
{
    private readonly LineDeflater _deflater = new();

    [Fact]
    public void Any_bytes_come_back() =>
        Gen.OneOf(Gen.Byte.Array[0, 3000], Gen.Byte[97, 99].Array[0, 3000], Gen.Byte[9, 12].Array[0, 3000]).Array[1, 4].Sample(
            texts => Array.ForEach(texts, text => Assert.Equal(text, Inflate(new LineDeflater().Deflate(text)))), iter: 300);

    [Fact]
    public void Texts_one_after_the_other_know_nothing_of_each_other() =>
        Gen.Select(Gen.Int[0, 30], Gen.Double, Gen.Int[0, 2000]).Array[0, 200].Array[1, 5].Sample(
            texts =>
            {
                foreach (var lines in texts)
                {
                    var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => $"a_metric{{instance=\"i{l.Item1}\",job=\"j\"}} {l.Item2}{(l.Item3 < 3 ? "" : "\n")}")));
                    Assert.Equal(text, Inflate(_deflater.Deflate(text)));
                }
            },
            iter: 200,
            threads: 1);

    [Theory]
    [InlineData(257)]
    [InlineData(258)]
    [InlineData(259)]
    [InlineData(260)]
    [InlineData(516)]
    [InlineData(517)]
    [InlineData(40_000)]
    public void Lines_of_any_length_come_back(int length)
    {
        var line = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * i % 26))));
        var text = Encoding.UTF8.GetBytes($"{line}\n{line}\nx{line}\n{line}y\n");
        Assert.Equal(text, Inflate(_deflater.Deflate(text)));
    }

    [Fact]
    public void Lines_of_a_page_pack_well()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 90).Select(i =>
            $"backup_records_processed{{instance=\"host-{i:000}\",job=\"nightly\",region=\"eu-central-1\",stage=\"load\"}} {i * 7919 % 100_000}\n")));
        var packed = _deflater.Deflate(text);
        Assert.True(packed.Length * 6 < text.Length, $"{text.Length} bytes become {packed.Length}");
    }

    private static byte[] Inflate(byte[] deflated)
    {
        // As in the page: more may follow, and a last block comes at the end.
        using var source = new MemoryStream([.. deflated, 3, 0]);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        using var text = new MemoryStream();
        inflate.CopyTo(text);
        return text.ToArray();
    }
}
