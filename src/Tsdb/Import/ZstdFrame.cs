using ZstdSharp;

namespace Tallygate.Tsdb.Import;

/// <summary>Unpacks a zstd frame: what Prometheus can be told to pack the records of its write-ahead log with.</summary>
internal static class ZstdFrame
{
    private const int MaxLength = 1 << 30;

    /// <summary>The bytes; null where they are no such frame.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<byte> source)
    {
        using var decompressor = new Decompressor();
        try
        {
            return decompressor.Unwrap(source, MaxLength).ToArray();
        }
        catch (ZstdException)
        {
            return null;
        }
    }
}
