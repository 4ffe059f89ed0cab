using System.Buffers.Binary;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Writes bits, most significant first, behind those that stand in a buffer. The buffer must be zero from the position on and have
/// <see cref="Slack"/> bytes behind it. Bits that were written never change, so that readers of the prefix need no lock.
/// </summary>
internal static class BitWriter
{
    /// <summary>How many bytes must lie between the position and the end of the buffer.</summary>
    public const int Slack = 16;

    /// <summary>Writes the low <paramref name="count"/> bits (1 to 64) of <paramref name="value"/>; the others must be zero.</summary>
    public static void Write(byte[] buffer, ref int position, ulong value, int count)
    {
        unchecked
        {
            var at = position >> 3;
            var free = 64 - (position & 7);
            var word = BinaryPrimitives.ReadUInt64BigEndian(buffer.AsSpan(at));
            if (count <= free)
            {
                BinaryPrimitives.WriteUInt64BigEndian(buffer.AsSpan(at), word | (value << (free - count)));
            }
            else
            {
                var rest = count - free;
                BinaryPrimitives.WriteUInt64BigEndian(buffer.AsSpan(at), word | (value >> rest));
                buffer[at + 8] |= (byte)(value << (8 - rest));
            }

            position += count;
        }
    }
}
