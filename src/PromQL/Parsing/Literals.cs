using System.Globalization;
using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>What scanned literals are worth.</summary>
internal static class Literals
{
    /// <summary>
    /// The content of a scanned string. Escapes for bytes are joined to UTF-8 where they form it; a byte that does not is held as
    /// <see cref="ByteText"/> says.
    /// </summary>
    public static string Unquote(ReadOnlySpan<char> quoted)
    {
        var inner = quoted[1..^1];
        if (quoted[0] == '`' || !inner.Contains('\\'))
        {
            return inner.ToString();
        }

        var text = new StringBuilder(inner.Length);
        var hasBytes = false;
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            var c = inner[++i];
            switch (c)
            {
                case 'x':
                    AppendByte(ParseHex(inner.Slice(i + 1, 2)));
                    i += 2;
                    break;
                case >= '0' and <= '7':
                    AppendByte(((c - '0') * 64) + ((inner[i + 1] - '0') * 8) + (inner[i + 2] - '0'));
                    i += 2;
                    break;
                case 'u' or 'U':
                    var length = c == 'u' ? 4 : 8;
                    text.Append(new Rune(ParseHex(inner.Slice(i + 1, length))).ToString());
                    i += length;
                    break;
                default:
                    text.Append(Simple(c));
                    break;
            }
        }

        return hasBytes ? ByteText.Decode(ByteText.Encode(text.ToString())) : text.ToString();

        void AppendByte(int value)
        {
            hasBytes |= value >= 0x80;
            text.Append((char)(value < 0x80 ? value : 0xDC00 + value));
        }
    }

    /// <summary>The value of a scanned number, or false with Go's reason.</summary>
    public static bool TryParseNumber(string text, out double value, out string error)
    {
        error = "";
        value = 0;
        if (text.Length == 3 && char.IsAsciiLetter(text[0]))
        {
            value = text[0] is 'i' or 'I' ? double.PositiveInfinity : double.NaN;
            return true;
        }

        var digits = text;
        if (text.Contains('_'))
        {
            if (!UnderscoresSeparate(text))
            {
                return Fail("invalid syntax", out error);
            }

            digits = text.Replace("_", "", StringComparison.Ordinal);
        }

        if (digits.Length > 1 && digits[0] == '0' && digits[1] is 'x' or 'X')
        {
            // A hexadecimal number needs no exponent only as long as it is whole and fits 63 bits.
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) && hex >= 0
                ? Succeed(hex, out value)
                : Fail("invalid syntax", out error);
        }

        if (digits.Length > 1 && digits[0] == '0' && digits.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0)
        {
            return TryParseOctal(digits, out value)
                || (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || Fail("invalid syntax", out error));
        }

        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return Fail("invalid syntax", out error);
        }

        return double.IsFinite(value) || Fail("value out of range", out error);

        bool Fail(string reason, out string message)
        {
            message = $"strconv.ParseFloat: parsing {GoQuote.Quote(text)}: {reason}";
            return false;
        }

        static bool Succeed(double number, out double result)
        {
            result = number;
            return true;
        }
    }

    private static bool TryParseOctal(string digits, out double value)
    {
        var whole = 0L;
        foreach (var c in digits)
        {
            if (whole > long.MaxValue / 8)
            {
                value = 0;
                return false;
            }

            whole = (whole * 8) + (c - '0');
        }

        value = whole;
        return true;
    }

    private static bool UnderscoresSeparate(string text)
    {
        // Between digits only; the prefix 0x counts as one.
        var start = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 2 : 0;
        var hexadecimal = start == 2;
        var afterDigit = hexadecimal;
        for (var i = start; i < text.Length; i++)
        {
            var isDigit = hexadecimal ? char.IsAsciiHexDigit(text[i]) : char.IsAsciiDigit(text[i]);
            if (text[i] == '_')
            {
                var before = afterDigit;
                var after = i + 1 < text.Length && (hexadecimal ? char.IsAsciiHexDigit(text[i + 1]) : char.IsAsciiDigit(text[i + 1]));
                if (!before || !after)
                {
                    return false;
                }
            }

            afterDigit = isDigit;
        }

        return true;
    }

    private static int ParseHex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static char Simple(char c) => c switch
    {
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        _ => c,
    };
}
