using System.Globalization;

namespace Tallygate.Model;

/// <summary>Reads floats from bytes. Short decimals are computed exactly at once; the rest is left to the platform, which rounds correctly.</summary>
internal static class FloatTextParser
{
    // Every product or quotient of a whole number below 2^53 and one of these is rounded once, hence correctly.
    private static readonly double[] ExactPowersOf10 =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        var at = 0;
        var negative = text[0] == '-';
        if (negative || text[0] == '+')
        {
            at = 1;
        }

        ulong digits = 0;
        var significant = 0;
        var any = false;
        var pointSeen = false;
        var scale = 0;
        for (; at < text.Length; at++)
        {
            var b = text[at];
            if (b is >= (byte)'0' and <= (byte)'9')
            {
                any = true;
                if (significant != 0 || b != '0')
                {
                    significant++;
                    digits = significant <= 19 ? (10 * digits) + b - '0' : digits;
                }

                scale -= pointSeen ? 1 : 0;
            }
            else if (b == '.' && !pointSeen)
            {
                pointSeen = true;
            }
            else
            {
                break;
            }
        }

        if (!any)
        {
            return !pointSeen && TryParseWord(text, out value);
        }

        if (!TryParseExponent(text[at..], out var exponent))
        {
            return false;
        }

        if (significant == 0)
        {
            value = negative ? -0.0 : 0.0;
            return true;
        }

        scale += exponent;
        if (significant <= 19 && digits <= 1UL << 53 && scale is >= -22 and <= 22)
        {
            var magnitude = scale < 0 ? digits / ExactPowersOf10[-scale] : digits * ExactPowersOf10[scale];
            value = negative ? -magnitude : magnitude;
            return true;
        }

        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    private static bool TryParseExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if ((text[0] | 0x20) != 'e')
        {
            return false;
        }

        text = text[1..];
        var negative = !text.IsEmpty && text[0] == '-';
        if (negative || (!text.IsEmpty && text[0] == '+'))
        {
            text = text[1..];
        }

        foreach (var b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            // No text is long enough to bring a larger exponent back into range.
            exponent = Math.Min((10 * exponent) + b - '0', 200_000_000);
        }

        exponent = negative ? -exponent : exponent;
        return !text.IsEmpty;
    }

    private static bool TryParseWord(ReadOnlySpan<byte> text, out double value)
    {
        value = StaleMarker.NormalNaN;
        if (EqualsIgnoreCase(text, "nan"u8))
        {
            return true;
        }

        var negative = text[0] == '-';
        var word = negative || text[0] == '+' ? text[1..] : text;
        value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        return EqualsIgnoreCase(word, "inf"u8) || EqualsIgnoreCase(word, "infinity"u8);
    }

    private static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        System.Text.Ascii.EqualsIgnoreCase(text, lower);
}
