using System.Globalization;
using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>Scans strings, numbers and durations; what they are worth is found out later by <see cref="Literals"/>.</summary>
internal static class LiteralScanner
{
    private const string Digits = "0123456789";

    /// <summary>Scans a string whose opening quote has been read.</summary>
    public static Token String(TextCursor cursor, int quote)
    {
        while (true)
        {
            var c = cursor.Next();
            if (c == quote)
            {
                return cursor.Take(TokenKind.String);
            }

            switch (c)
            {
                case '\\' when quote != '`':
                    if (Escape(cursor, quote) is { } error)
                    {
                        return cursor.Fail(error);
                    }

                    break;
                case 0xFFFD:
                    return cursor.Fail("invalid UTF-8 rune");
                case TextCursor.EndOfText:
                    return cursor.Fail(quote == '`' ? "unterminated raw string" : "unterminated quoted string");
                case '\n' when quote != '`':
                    return cursor.Fail("unterminated quoted string");
            }
        }
    }

    /// <summary>Scans a number or, where that fails, a duration.</summary>
    public static Token NumberOrDuration(TextCursor cursor)
    {
        if (Number(cursor, inSeries: false))
        {
            return cursor.Take(TokenKind.Number);
        }

        return Duration(cursor)
            ? cursor.Take(TokenKind.Duration)
            : cursor.Fail("bad number or duration syntax: " + GoQuote.Quote(cursor.Pending));
    }

    /// <summary>Scans a number of a series line, where <c>x</c> ends it.</summary>
    public static Token SeriesNumber(TextCursor cursor) =>
        Number(cursor, inSeries: true)
            ? cursor.Take(TokenKind.Number)
            : cursor.Fail("bad number syntax: " + GoQuote.Quote(cursor.Pending));

    private static bool Number(TextCursor cursor, bool inSeries)
    {
        var begin = cursor.Position;
        var digits = Digits;
        if (!inSeries && cursor.Accept("0") && cursor.Accept("xX"))
        {
            cursor.Accept("_");
            digits = "0123456789abcdefABCDEF";
        }

        var hexadecimal = digits.Length > Digits.Length;
        var dots = 0;
        var exponents = 0;
        cursor.Accept(".");
        cursor.Accept(digits);
        while (cursor.IsAt(digits) || cursor.IsAt("._eE"))
        {
            if (cursor.IsAt("."))
            {
                cursor.Accept(".");
                if (dots++ > 0 || cursor.Accept("_.") || hexadecimal)
                {
                    return false;
                }
            }
            else if (!hexadecimal && cursor.IsAt("eE"))
            {
                cursor.Accept("eE");
                if (exponents++ > 0)
                {
                    return false;
                }

                cursor.Accept("+-");
                if (cursor.Accept("._eE") || cursor.Peek() == TextCursor.EndOfText)
                {
                    return false;
                }
            }
            else if (cursor.Accept("_"))
            {
                if (cursor.Accept("._eE") || cursor.Peek() == TextCursor.EndOfText)
                {
                    return false;
                }
            }
            else
            {
                cursor.AcceptAll(digits);
            }
        }

        var next = cursor.Peek();
        return cursor.Position > begin && ((inSeries && next == 'x') || !TextCursor.IsLetterOrDigit(next));
    }

    private static bool Duration(TextCursor cursor)
    {
        if (!cursor.Accept("smhdwy"))
        {
            return false;
        }

        // Units that do not exist, such as "hs", come out when the duration is parsed.
        cursor.Accept("s");
        while (cursor.Accept(Digits))
        {
            cursor.AcceptAll(Digits);
            if (!cursor.Accept("smhdw"))
            {
                return false;
            }

            cursor.Accept("s");
        }

        if (TextCursor.IsLetterOrDigit(cursor.Next()))
        {
            return false;
        }

        cursor.Back();
        return true;
    }

    /// <summary>Reads an escape whose backslash has been read; gives the error, or null.</summary>
    private static string? Escape(TextCursor cursor, int quote)
    {
        var c = cursor.Next();
        int digits;
        uint radix;
        uint highest;
        switch (c)
        {
            case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\':
                return null;
            case >= '0' and <= '7':
                (digits, radix, highest) = (3, 8, 255);
                break;
            case 'x':
                (digits, radix, highest) = (2, 16, 255);
                c = cursor.Next();
                break;
            case 'u':
                (digits, radix, highest) = (4, 16, 0x10FFFF);
                c = cursor.Next();
                break;
            case 'U':
                (digits, radix, highest) = (8, 16, 0x10FFFF);
                c = cursor.Next();
                break;
            case TextCursor.EndOfText:
                return "escape sequence not terminated";
            default:
                return c == quote ? null : "unknown escape sequence " + GoQuote.DescribeRune(c);
        }

        ulong value = 0;
        while (true)
        {
            var digit = (uint)DigitValue(c);
            if (digit >= radix)
            {
                return c == TextCursor.EndOfText
                    ? "escape sequence not terminated"
                    : $"illegal character {GoQuote.DescribeRune(c)} in escape sequence";
            }

            value = (value * radix) + digit;
            if (--digits == 0)
            {
                break;
            }

            c = cursor.Next();
        }

        return value > highest || value is >= 0xD800 and < 0xE000 ? "escape sequence is an invalid Unicode code point" : null;
    }

    private static int DigitValue(int c) => c is >= 0 and < 128 && char.IsAsciiHexDigit((char)c)
        ? int.Parse([(char)c], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : 16;
}
