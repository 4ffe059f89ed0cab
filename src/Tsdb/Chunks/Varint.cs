namespace Tallygate.Tsdb.Chunks;

/// <summary>Integers in groups of seven bits, least significant first, as Prometheus and protobuf write them; signed ones zig-zagged.</summary>
internal static class Varint
{
    /// <summary>The most bytes that one takes.</summary>
    public const int MaxLength = 10;

    public static int WriteUnsigned(Span<byte> target, ulong value)
    {
        unchecked
        {
            var at = 0;
            while (value >= 0x80)
            {
                target[at++] = (byte)(value | 0x80);
                value >>= 7;
            }

            target[at++] = (byte)value;
            return at;
        }
    }

    public static int WriteSigned(Span<byte> target, long value) => WriteUnsigned(target, ZigZag(value));

    /// <summary>Reads one at the start of <paramref name="source"/>; false where it is cut off or too long.</summary>
    public static bool TryReadUnsigned(ReadOnlySpan<byte> source, out ulong value, out int length)
    {
        value = 0;
        for (length = 0; length < MaxLength && length < source.Length;)
        {
            var part = source[length];
            value |= (ulong)(part & 0x7f) << (7 * length);
            length++;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    public static ulong ZigZag(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    public static long UnZigZag(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));
}
