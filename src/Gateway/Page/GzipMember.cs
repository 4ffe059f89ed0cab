using System.Buffers.Binary;

namespace Tallygate.Gateway.Page;

/// <summary>Joins parts that are deflated already into one gzip member: several members would break curl and browsers.</summary>
internal static class GzipMember
{
    // Magic, deflate, no flags, no time, fastest, unknown system.
    private static readonly byte[] Header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

    /// <summary>The member, piece by piece.</summary>
    public static List<ReadOnlyMemory<byte>> Of(List<TextPart> parts)
    {
        var pieces = new List<ReadOnlyMemory<byte>>(parts.Count + 2) { Header };
        var crc = 0u;
        var length = 0L;
        foreach (var part in parts)
        {
            pieces.Add(part.Deflated);
            crc = part.Append(crc);
            length += part.Text.Length;
        }

        // An empty last block, then CRC and length.
        var trailer = new byte[10];
        trailer[0] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(2), crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(6), unchecked((uint)length));
        pieces.Add(trailer);
        return pieces;
    }
}
