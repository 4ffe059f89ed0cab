namespace Tallygate.Gateway.Page;

/// <summary>A piece of the page as text and, made when first asked for, as raw deflate that ends on a byte and has no last block.</summary>
internal sealed class TextPart(byte[] text, LineDeflater deflater)
{
    private byte[]? _deflated;
    private uint _crc;
    private uint _shift;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Text => text;

    /// <summary>The deflated text. Not thread-safe.</summary>
    public ReadOnlyMemory<byte> Deflated
    {
        get
        {
            if (_deflated is null)
            {
                _crc = Crc32.Of(text);
                _shift = Crc32.ShiftOf(text.Length);
                _deflated = deflater.Deflate(text);
            }

            return _deflated;
        }
    }

    /// <summary>The CRC-32 of a text with this checksum and this part behind it; <see cref="Deflated"/> was asked before.</summary>
    public uint Append(uint crc) => Crc32.Combine(crc, _crc, _shift);
}
