using System.Buffers.Binary;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Import;

/// <summary>Unpacks a block of Snappy's format: what Prometheus packs the records of its write-ahead log with.</summary>
internal static class SnappyBlock
{
    private const int MaxLength = 1 << 30;

    /// <summary>The bytes; null where they are no such block.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<byte> source)
    {
        if (!Varint.TryReadUnsigned(source, out var length, out var at) || length > MaxLength)
        {
            return null;
        }

        var target = new byte[length];
        var written = 0;
        while (at < source.Length)
        {
            var tag = source[at++];
            var isLiteral = (tag & 3) == 0;
            if (!(isLiteral ? TryLiteral(source, ref at, tag, target, ref written) : TryCopy(source, ref at, tag, target, ref written)))
            {
                return null;
            }
        }

        return written == target.Length ? target : null;
    }

    private static bool TryLiteral(ReadOnlySpan<byte> source, ref int at, byte tag, byte[] target, ref int written)
    {
        var length = tag >> 2;
        if (length >= 60)
        {
            var bytes = length - 59;
            if (at + bytes > source.Length)
            {
                return false;
            }

            length = 0;
            for (var i = bytes - 1; i >= 0; i--)
            {
                length = (length << 8) | source[at + i];
            }

            at += bytes;
        }

        length++;
        if (length <= 0 || length > source.Length - at || length > target.Length - written)
        {
            return false;
        }

        source.Slice(at, length).CopyTo(target.AsSpan(written));
        at += length;
        written += length;
        return true;
    }

    private static bool TryCopy(ReadOnlySpan<byte> source, ref int at, byte tag, byte[] target, ref int written)
    {
        int length, offset;
        switch (tag & 3)
        {
            case 1 when at + 1 <= source.Length:
                length = 4 + ((tag >> 2) & 7);
                offset = ((tag >> 5) << 8) | source[at];
                at += 1;
                break;
            case 2 when at + 2 <= source.Length:
                length = (tag >> 2) + 1;
                offset = BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
                at += 2;
                break;
            case 3 when at + 4 <= source.Length:
                length = (tag >> 2) + 1;
                offset = BinaryPrimitives.ReadInt32LittleEndian(source[at..]);
                at += 4;
                break;
            default:
                return false;
        }

        if (offset <= 0 || offset > written || length > target.Length - written)
        {
            return false;
        }

        // Byte by byte: what is copied may overlap what is written.
        for (var i = 0; i < length; i++, written++)
        {
            target[written] = target[written - offset];
        }

        return true;
    }
}
