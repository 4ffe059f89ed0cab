using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tallygate.Gateway.Page;

/// <summary>The CRC-32 of gzip (polynomial 0xEDB88320), and the CRC of two pieces put together from the CRCs of each.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Tables = MakeTables();
    private static readonly uint[] Powers = MakePowers();

    /// <summary>The CRC of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        if (Pclmulqdq.IsSupported && bytes.Length >= 128)
        {
            // Sixteen bytes that leave the same rest as all that were folded into them.
            Span<byte> folded = stackalloc byte[16];
            var taken = Fold(bytes, crc, folded);
            crc = Table(folded, 0);
            bytes = bytes[taken..];
        }

        return ~Table(bytes, crc);
    }

    private static uint Table(ReadOnlySpan<byte> bytes, uint crc)
    {
        var tables = Tables.AsSpan();
        while (bytes.Length >= 8)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 * 256) + (int)(low & 0xFF)] ^ tables[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ tables[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ tables[(4 * 256) + (int)(low >> 24)]
                ^ tables[(3 * 256) + (int)(high & 0xFF)] ^ tables[(2 * 256) + (int)((high >> 8) & 0xFF)]
                ^ tables[256 + (int)((high >> 16) & 0xFF)] ^ tables[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
        {
            crc = tables[(int)((crc ^ b) & 0xFF)] ^ (crc >> 8);
        }

        return crc;
    }

    /// <summary>
    /// Folds all whole blocks of 16 bytes into one by multiplication without carries (Gopal and others, "Fast CRC Computation Using PCLMULQDQ");
    /// returns how many bytes that were.
    /// </summary>
    private static int Fold(ReadOnlySpan<byte> bytes, uint crc, Span<byte> folded)
    {
        // x^(512+32), x^(512-32), x^(128+32) and x^(128-32) modulo the polynomial, bits reversed.
        var by64 = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
        var by16 = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        var words = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var a = words[0] ^ Vector128.CreateScalar((ulong)crc);
        var b = words[1];
        var c = words[2];
        var d = words[3];
        var at = 4;
        for (; at + 4 <= words.Length; at += 4)
        {
            a = Step(a, by64) ^ words[at];
            b = Step(b, by64) ^ words[at + 1];
            c = Step(c, by64) ^ words[at + 2];
            d = Step(d, by64) ^ words[at + 3];
        }

        a = Step(a, by16) ^ b;
        a = Step(a, by16) ^ c;
        a = Step(a, by16) ^ d;
        for (; at < words.Length; at++)
        {
            a = Step(a, by16) ^ words[at];
        }

        a.AsByte().CopyTo(folded);
        return words.Length * Vector128<byte>.Count;
    }

    private static Vector128<ulong> Step(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    /// <summary>The CRC of a first piece followed by a second.</summary>
    /// <param name="secondShift">What <see cref="ShiftOf"/> says of the second piece's length.</param>
    public static uint Combine(uint first, uint second, uint secondShift) => Multiply(secondShift, first) ^ second;

    /// <summary>x to the power of 8 times <paramref name="bytes"/>, modulo the polynomial: what so many bytes do to a CRC before them.</summary>
    public static uint ShiftOf(long bytes)
    {
        var product = 1u << 31;
        for (var bit = 3; bytes != 0; bytes >>= 1, bit++)
        {
            if ((bytes & 1) != 0)
            {
                product = Multiply(Powers[bit & 31], product);
            }
        }

        return product;
    }

    private static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 1u << 31; bit != 0; bit >>= 1)
        {
            product ^= (a & bit) != 0 ? b : 0;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[] MakePowers()
    {
        // x, x^2, x^4 …: 31 of them, behind which x comes again.
        var powers = new uint[32];
        powers[0] = 1u << 30;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        }

        return powers;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            var before = tables[i - 256];
            tables[i] = tables[(int)(before & 0xFF)] ^ (before >> 8);
        }

        return tables;
    }
}
