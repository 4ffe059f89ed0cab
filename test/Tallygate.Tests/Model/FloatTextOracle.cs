using System.Globalization;
using System.Numerics;

namespace Tallygate.Tests.Model;

/// <summary>Floats as exact fractions: slow, and plain enough to be believed.</summary>
internal static class FloatTextOracle
{
    /// <summary>The shortest digits that lie in the rounding interval of a positive finite value, the closest of them, ties to even.</summary>
    public static (BigInteger Digits, int Exponent) Shortest(double value)
    {
        var (significand, power) = Split(value);

        // All in quarters of the unit in the last place.
        var lowerIsCloser = significand == 1UL << 52 && power > -1074;
        var low = (4 * significand) - (lowerIsCloser ? 1 : 2);
        var high = (4 * significand) + 2;
        var inclusive = significand.IsEven;
        for (var exponent = (int)Math.Ceiling(Math.Log10(value)) + 1; ; exponent--)
        {
            // x * 10^exponent <=> quarters * 2^(power - 2), both multiplied until they are whole.
            var numerator = BigInteger.One;
            var denominator = BigInteger.One;
            Multiply(ref numerator, ref denominator, 2, power - 2);
            Multiply(ref denominator, ref numerator, 10, exponent);
            var exact = 4 * significand * numerator;
            var floor = BigInteger.Divide(exact, denominator);
            var floorFits = Fits(floor * denominator);
            var ceilingFits = Fits((floor + 1) * denominator);
            if (floorFits && ceilingFits)
            {
                var twice = 2 * (exact - (floor * denominator));
                return (twice > denominator || (twice == denominator && !floor.IsEven) ? floor + 1 : floor, exponent);
            }

            if (floorFits || ceilingFits)
            {
                return (floorFits ? floor : floor + 1, exponent);
            }

            bool Fits(BigInteger candidate) => !candidate.IsZero && (inclusive
                ? candidate >= low * numerator && candidate <= high * numerator
                : candidate > low * numerator && candidate < high * numerator);
        }
    }

    /// <summary>The double closest to <c>digits * 10^exponent</c>, ties to even; infinity where it is too large.</summary>
    public static double Nearest(BigInteger digits, int exponent)
    {
        if (digits.IsZero)
        {
            return 0;
        }

        var numerator = digits;
        var denominator = BigInteger.One;
        Multiply(ref numerator, ref denominator, 10, exponent);
        var power = Math.Max((int)numerator.GetBitLength() - (int)denominator.GetBitLength() - 53, -1074);
        while (true)
        {
            var n = numerator;
            var d = denominator;
            Multiply(ref d, ref n, 2, power);
            var rounded = BigInteger.DivRem(n, d, out var rest);
            if (rounded.GetBitLength() > 53)
            {
                power++;
                continue;
            }

            var twice = 2 * rest;
            rounded += twice > d || (twice == d && !rounded.IsEven) ? 1 : 0;
            if (rounded.GetBitLength() > 53)
            {
                rounded >>= 1;
                power++;
            }

            return power > 971 ? double.PositiveInfinity : Math.ScaleB((double)(ulong)rounded, power);
        }
    }

    /// <summary>The digits and exponent of a text that one of the forms wrote.</summary>
    public static (BigInteger Digits, int Exponent) Read(string text)
    {
        text = text.TrimStart('-');
        var e = text.IndexOf('e');
        var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.');
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var digits = BigInteger.Parse(mantissa, CultureInfo.InvariantCulture);
        while (!digits.IsZero && (digits % 10).IsZero)
        {
            digits /= 10;
            exponent++;
        }

        return (digits, exponent);
    }

    private static (BigInteger Significand, int Power) Split(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var biased = (int)(bits >> 52) & 0x7FF;
        var fraction = bits & ((1UL << 52) - 1);
        return biased == 0 ? (fraction, -1074) : (fraction | (1UL << 52), biased - 1075);
    }

    private static void Multiply(ref BigInteger numerator, ref BigInteger denominator, int number, int exponent)
    {
        if (exponent >= 0)
        {
            numerator *= BigInteger.Pow(number, exponent);
        }
        else
        {
            denominator *= BigInteger.Pow(number, -exponent);
        }
    }
}
