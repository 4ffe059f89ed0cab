using System.Numerics;

namespace Tallygate.Tsdb.Chunks;

/// <summary>Numbers in as few bits as they need, as histogram chunks have them: a prefix of ones tells the class.</summary>
internal static class Varbits
{
    /// <summary>The prefix before all 64 bits.</summary>
    public const ulong Escape = 0xff;

    /// <summary>The prefixes, their lengths, and how many bits follow. Zero is a single 0 bit.</summary>
    public static ReadOnlySpan<(byte Prefix, byte PrefixBits, byte Bits)> Classes => _classes;

    private static readonly (byte, byte, byte)[] _classes =
    [
        (0b10, 2, 3), (0b110, 3, 6), (0b1110, 4, 9), (0b11110, 5, 12), (0b111110, 6, 18), (0b1111110, 7, 25), (0b11111110, 8, 56),
    ];

    public static long ReadSigned(ReadOnlySpan<byte> bytes, ref int position)
    {
        var field = Read(bytes, ref position, out var bits);
        return bits is 0 or 64 || field <= 1UL << (bits - 1) ? unchecked((long)field) : (long)field - (1L << bits);
    }

    public static ulong ReadUnsigned(ReadOnlySpan<byte> bytes, ref int position) => Read(bytes, ref position, out _);

    private static ulong Read(ReadOnlySpan<byte> bytes, ref int position, out int bits)
    {
        var ones = Math.Min(BitOperations.LeadingZeroCount(~BitReader.Peek(bytes, position)), 8);
        if (ones == 0)
        {
            position++;
            bits = 0;
            return 0;
        }

        position += Math.Min(ones + 1, 8);
        bits = ones == 8 ? 64 : _classes[ones - 1].Item3;
        return BitReader.Read(bytes, ref position, bits);
    }
}
