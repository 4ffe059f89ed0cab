using System.IO.Compression;

namespace Tallygate.Gateway.Page;

/// <summary>A piece of the page as text and, made when first asked for, as raw deflate that ends on a byte and has no last block.</summary>
internal sealed class TextPart(byte[] text)
{
    private ReadOnlyMemory<byte>? _deflated;
    private uint _crc;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Text => text;

    /// <summary>The deflated text and the CRC-32 of the text.</summary>
    public ReadOnlyMemory<byte> Deflated(out uint crc)
    {
        if (_deflated is null)
        {
            _crc = Crc32.Of(text);
            _deflated = Deflate(text);
        }

        crc = _crc;
        return _deflated.Value;
    }

    private static ReadOnlyMemory<byte> Deflate(byte[] text)
    {
        using var target = new MemoryStream((text.Length / 4) + 64);
        using var deflate = new DeflateStream(target, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(text);

        // A flush ends on a byte boundary. Closing would add the last block, which comes once behind all parts.
        deflate.Flush();
        return target.GetBuffer().AsSpan(0, (int)target.Length).ToArray();
    }
}
