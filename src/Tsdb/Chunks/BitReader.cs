using System.Buffers.Binary;

namespace Tallygate.Tsdb.Chunks;

/// <summary>Reads bits, most significant first. Behind the end there are zeros; who cares looks at the position.</summary>
internal static class BitReader
{
    /// <summary>The bits from <paramref name="position"/> on, left-aligned; at least the upper 57 of them are right.</summary>
    public static ulong Peek(ReadOnlySpan<byte> bytes, int position)
    {
        unchecked
        {
            var at = position >> 3;
            return (at + 8 <= bytes.Length ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) : PeekAtEnd(bytes, at)) << (position & 7);
        }
    }

    /// <summary>Reads <paramref name="count"/> bits, 1 to 64.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int position, int count)
    {
        unchecked
        {
            ulong value;
            if (count <= 57)
            {
                value = Peek(bytes, position) >> (64 - count);
            }
            else
            {
                value = (Peek(bytes, position) >> 32 << (count - 32)) | (Peek(bytes, position + 32) >> (96 - count));
            }

            position += count;
            return value;
        }
    }

    private static ulong PeekAtEnd(ReadOnlySpan<byte> bytes, int at)
    {
        var word = 0UL;
        for (var i = at; i < at + 8; i++)
        {
            word = (word << 8) | (i < bytes.Length ? bytes[i] : 0U);
        }

        return word;
    }
}
