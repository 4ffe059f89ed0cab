using System.Runtime.CompilerServices;

namespace Tallygate.Model;

/// <summary>Whole numbers as digits, two at a time. Stateless.</summary>
public static class DecimalDigits
{
    /// <summary>No number has more digits.</summary>
    public const int MaxLength = 20;

    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"u8
            + "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

    private static ReadOnlySpan<ulong> Powers =>
    [
        0, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    /// <summary>Writes a number without leading zeros; <paramref name="to"/> has room for all its digits.</summary>
    /// <returns>How many digits it has.</returns>
    public static int Write(ulong number, Span<byte> to)
    {
        var count = Count(number);
        var at = count;
        while (number >= 100)
        {
            var rest = number / 100;
            at -= 2;
            Pair((int)(number - (rest * 100)), to[at..]);
            number = rest;
        }

        if (number >= 10)
        {
            Pair((int)number, to);
        }
        else
        {
            to[0] = (byte)('0' + number);
        }

        return count;
    }

    private static int Count(ulong number)
    {
        // 1233 / 4096 is a little more than log10(2).
        var guess = ((64 - System.Numerics.BitOperations.LeadingZeroCount(number | 1)) * 1233) >> 12;
        return guess + (number >= Powers[guess] ? 1 : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(int number, Span<byte> to) => Pairs.Slice(2 * number, 2).CopyTo(to);
}
