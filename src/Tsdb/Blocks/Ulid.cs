using System.Security.Cryptography;

namespace Tallygate.Tsdb.Blocks;

/// <summary>The names of blocks: 26 characters that sort by the time of their making; 48 bits of milliseconds, 80 of chance.</summary>
internal static class Ulid
{
    public const int Length = 26;

    // Crockford's alphabet, without I, L, O and U.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A name for a block that is made at <paramref name="now"/>, Unix ms.</summary>
    public static string New(long now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[6..]);
        var time = (ulong)Math.Max(now, 0);
        for (var i = 5; i >= 0; i--)
        {
            bytes[i] = (byte)time;
            time >>= 8;
        }

        // 128 bits in 26 characters of five bits: two zero bits come first.
        Span<char> text = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
        {
            var value = 0;
            for (var bit = (i * 5) - 2; bit < (i * 5) + 3; bit++)
            {
                value = (value << 1) | (bit < 0 ? 0 : (bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
            }

            text[i] = Alphabet[value];
        }

        return new string(text);
    }

    /// <summary>Whether a directory's name is a block's.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length != Length || name[0] > '7')
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!Alphabet.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>When a block of this name was made, Unix ms.</summary>
    public static long TimeOf(string name)
    {
        var time = 0L;
        foreach (var c in name.AsSpan(0, 10))
        {
            time = (time << 5) | (long)Alphabet.IndexOf(c);
        }

        return time;
    }
}
