using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tallygate.Model;

/// <summary>
/// Finds the shortest decimal that reads back to a double, and of the shortest the closest, ties to the even digit.
/// </summary>
/// <remarks>
/// The method is Giulietti's Schubfach: the neighbours' midpoints and the value itself are scaled by a power of ten into a grid whose step is
/// just finer than the gap between them, with products rounded to odd so that all later comparisons are exact.
/// </remarks>
internal static class FloatTextShortest
{
    private const int SignificandBits = 52;
    private const ulong HiddenBit = 1UL << SignificandBits;
    private const int ExponentBias = 1075;

    /// <summary>Writes a positive finite <paramref name="value"/> as <c>digits * 10^exponent</c>, without trailing zeros in the digits.</summary>
    public static ulong ToDecimal(double value, out int exponent)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var fraction = bits & (HiddenBit - 1);
        var biased = (int)(bits >> SignificandBits);
        var significand = biased == 0 ? fraction : fraction | HiddenBit;
        var power = (biased == 0 ? 1 : biased) - ExponentBias;

        if (power is <= 0 and > -53 && BitOperations.TrailingZeroCount(significand) >= -power)
        {
            // A whole number below 2^53: every shorter decimal is another double, so its own digits are the answer.
            exponent = 0;
            return WithoutTrailingZeros(significand >> -power, ref exponent);
        }

        var digits = Search(significand, power, lowerIsCloser: fraction == 0 && biased > 1, out exponent);
        return WithoutTrailingZeros(digits, ref exponent);
    }

    private static ulong Search(ulong significand, int power, bool lowerIsCloser, out int exponent)
    {
        // Quarters of a unit: the midpoints to the neighbours become whole.
        var exclusive = significand & 1;
        var low = (4 * significand) - 2 + (lowerIsCloser ? 1UL : 0);
        var middle = 4 * significand;
        var high = (4 * significand) + 2;

        // floor(log10(2^power)), or of 3/4 of it where the gap below is half as wide.
        var k = ((power * 1262611) - (lowerIsCloser ? 524031 : 0)) >> 22;
        var shift = power + FloatTextPowers.FloorLog2(-k) + 1;
        var index = 2 * (-k - FloatTextPowers.Min);
        var powerHigh = FloatTextPowers.Words[index];
        var powerLow = FloatTextPowers.Words[index + 1];

        var lower = ScaleToOdd(powerHigh, powerLow, low << shift) + exclusive;
        var scaled = ScaleToOdd(powerHigh, powerLow, middle << shift);
        var upper = ScaleToOdd(powerHigh, powerLow, high << shift) - exclusive;

        var whole = scaled / 4;
        if (whole >= 10)
        {
            // One digit less: at most one of the two candidates lies between the midpoints.
            var tens = whole / 10;
            var downFits = lower <= 40 * tens;
            var upFits = (40 * tens) + 40 <= upper;
            if (downFits != upFits)
            {
                exponent = k + 1;
                return tens + (upFits ? 1UL : 0);
            }
        }

        exponent = k;
        var floorFits = lower <= 4 * whole;
        var ceilingFits = (4 * whole) + 4 <= upper;
        if (floorFits != ceilingFits)
        {
            return whole + (ceilingFits ? 1UL : 0);
        }

        var half = (4 * whole) + 2;
        return whole + (scaled > half || (scaled == half && (whole & 1) != 0) ? 1UL : 0);
    }

    /// <summary>The high word of the product, its lowest bit set where anything was cut off.</summary>
    private static ulong ScaleToOdd(ulong powerHigh, ulong powerLow, ulong factor)
    {
        unchecked
        {
            var carried = Math.BigMul(powerLow, factor, out _);
            var top = Math.BigMul(powerHigh, factor, out var rest);
            var sum = rest + carried;
            if (sum < carried)
            {
                top++;
            }

            return top | (sum > 1 ? 1UL : 0);
        }
    }

    private static ulong WithoutTrailingZeros(ulong digits, ref int exponent)
    {
        // What was measured has few digits, and a search leaves seventeen: the zeros go by eight, four, two and one.
        if (digits % 10 != 0)
        {
            return digits;
        }

        Drop(100_000_000, 8, ref digits, ref exponent);
        Drop(100_000_000, 8, ref digits, ref exponent);
        Drop(10_000, 4, ref digits, ref exponent);
        Drop(100, 2, ref digits, ref exponent);
        Drop(10, 1, ref digits, ref exponent);
        return digits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Drop(ulong power, int zeros, ref ulong digits, ref int exponent)
    {
        var rest = digits / power;
        if (rest * power == digits)
        {
            digits = rest;
            exponent += zeros;
        }
    }
}
