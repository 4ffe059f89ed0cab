using System.Globalization;
using System.Numerics;

namespace Tallygate.Rules.Alerting.Templates.Printing;

/// <summary>
/// A finite float's exact decimal digits: 0.d1d2d3… × 10^<see cref="Point"/>. Rounding is to the even digit at an exact tie, as in Go;
/// .NET's own formats round ties away from zero.
/// </summary>
internal readonly record struct ExactDecimal(string Digits, int Point)
{
    /// <summary>The digits of the absolute value, without zeros at the end; none for zero.</summary>
    public static ExactDecimal Of(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = (bits & ((1UL << 52) - 1)) | (exponent == 0 ? 0 : 1UL << 52);
        var power = Math.Max(exponent, 1) - 1075;
        if (mantissa == 0)
        {
            return new ExactDecimal("", 0);
        }

        // m × 2^-p is m × 5^p / 10^p.
        var scaled = power >= 0 ? new BigInteger(mantissa) << power : mantissa * BigInteger.Pow(5, -power);
        var digits = scaled.ToString(CultureInfo.InvariantCulture);
        return new ExactDecimal(digits.TrimEnd('0'), digits.Length + Math.Min(power, 0));
    }

    /// <summary>The number rounded to this many digits; zeros at the end are cut off.</summary>
    public ExactDecimal Round(int digits)
    {
        if (digits < 0 || (digits == 0 && Digits.Length == 0))
        {
            return new ExactDecimal("", 0);
        }

        if (digits >= Digits.Length)
        {
            return this;
        }

        var kept = Digits[..digits];
        var isTie = Digits[digits] == '5' && digits + 1 == Digits.Length;
        var up = isTie ? digits > 0 && (kept[^1] - '0') % 2 == 1 : Digits[digits] >= '5';
        if (!up)
        {
            kept = kept.TrimEnd('0');
            return new ExactDecimal(kept, kept.Length == 0 ? 0 : Point);
        }

        var last = kept.AsSpan().LastIndexOfAnyExcept('9');
        return last < 0 ? new ExactDecimal("1", Point + 1) : new ExactDecimal(kept[..last] + (char)(kept[last] + 1), Point);
    }

    /// <summary>The digit at this place after the point (1 is the first), or before it (0 and below).</summary>
    public char At(int place) => place + Point - 1 is var i && i >= 0 && i < Digits.Length ? Digits[i] : '0';
}
