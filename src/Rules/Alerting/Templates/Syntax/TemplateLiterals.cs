using System.Globalization;
using System.Text;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>What the constants of a template stand for, as in Go's source text.</summary>
internal static class TemplateLiterals
{
    /// <summary>The content of a string in quotes or back quotes; null: an escape is wrong.</summary>
    public static string? Unquote(string quoted)
    {
        var inner = quoted.AsSpan(1, quoted.Length - 2);
        if (quoted[0] == '`')
        {
            return inner.Contains('\r') ? inner.ToString().Replace("\r", "", StringComparison.Ordinal) : inner.ToString();
        }

        var text = new StringBuilder();
        for (var at = 0; at < inner.Length;)
        {
            if (!TryCharacter(inner, ref at, quoted[0], text))
            {
                return null;
            }
        }

        return text.ToString();
    }

    /// <summary>The value of a number or of a character in single quotes.</summary>
    /// <exception cref="TemplateException">It is none.</exception>
    public static TemplateValue Number(string text)
    {
        if (text[0] == '\'')
        {
            var content = Unquote(text);
            return content is { Length: > 0 } && Rune.TryGetRuneAt(content, 0, out var rune) && rune.Utf16SequenceLength == content.Length
                ? new IntValue(rune.Value)
                : throw new TemplateException("malformed character constant: " + text);
        }

        if (TryInteger(text, out var integer))
        {
            return new IntValue((long)integer);
        }

        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var isDecimal = digits.AsSpan().ContainsAny('.', 'e', 'E') && !digits.AsSpan().ContainsAny("xXpP");
        if (isDecimal && digits.AsSpan().ContainsAnyInRange('0', '9')
            && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return new FloatValue(value);
        }

        throw new TemplateException(isDecimal || digits.AsSpan().ContainsAnyExceptInRange('0', '9')
            ? "illegal number syntax: " + Model.GoQuote.Quote(text)
            : "integer overflow: " + Model.GoQuote.Quote(text));
    }

    private static bool TryInteger(string text, out Int128 value)
    {
        var negative = text[0] == '-';
        var digits = text.AsSpan(text[0] is '+' or '-' ? 1 : 0).ToString().Replace("_", "", StringComparison.Ordinal).AsSpan();
        value = 0;
        var radix = digits switch
        {
            ['0', 'x' or 'X', ..] => 16,
            ['0', 'o' or 'O', ..] => 8,
            ['0', 'b' or 'B', ..] => 2,
            ['0', _, ..] => 8,
            _ => 10,
        };
        digits = radix == 10 ? digits : digits[(char.IsAsciiLetter(digits[1]) ? 2 : 1)..];
        foreach (var c in digits)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            value = (value * radix) + digit;
            if (digit >= radix || value > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        value = negative ? -value : value;
        return digits.Length > 0 && value <= long.MaxValue;
    }

    private static bool TryCharacter(ReadOnlySpan<char> text, ref int at, char quote, StringBuilder target)
    {
        var c = text[at++];
        if (c != '\\')
        {
            target.Append(c);
            return c != '\n' && c != quote;
        }

        if (at == text.Length)
        {
            return false;
        }

        c = text[at++];
        var plain = "abfnrtv\\".IndexOf(c, StringComparison.Ordinal);
        if (plain >= 0)
        {
            target.Append("\a\b\f\n\r\t\v\\"[plain]);
            return true;
        }

        if (c == quote)
        {
            target.Append(c);
            return true;
        }

        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        var isOctal = c is >= '0' and <= '7';
        var from = isOctal ? at - 1 : at;
        digits = isOctal ? 3 : digits;
        if (digits == 0 || from + digits > text.Length || !TryCode(text.Slice(from, digits), isOctal ? 8 : 16, out var code))
        {
            return false;
        }

        at = from + digits;
        if (c is 'u' or 'U' ? !Rune.IsValid(code) : code > 0xFF)
        {
            return false;
        }

        // Bytes that are not UTF-8 have no place in a label: they become the replacement character, as JSON would show them.
        target.Append(c is 'u' or 'U' || code < 0x80 ? new Rune(code).ToString() : "\uFFFD");
        return true;
    }

    private static bool TryCode(ReadOnlySpan<char> digits, int radix, out int code)
    {
        long value = 0;
        code = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiHexDigit(c) || (radix == 8 && c > '7'))
            {
                return false;
            }

            value = (value * radix) + (char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }

        code = value > int.MaxValue ? int.MaxValue : (int)value;
        return true;
    }
}
