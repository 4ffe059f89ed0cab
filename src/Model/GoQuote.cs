using System.Globalization;
using System.Text;

namespace Tallygate.Model;

/// <summary>Text in double quotes as Go's <c>%q</c> writes it: how Prometheus and the Pushgateway quote names and values in messages.</summary>
public static class GoQuote
{
    /// <summary><paramref name="text"/> in double quotes.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        var quoted = new StringBuilder(text.Length + 2);
        Append(quoted, text);
        return quoted.ToString();
    }

    /// <summary>Appends <paramref name="text"/> in double quotes; a lone surrogate U+DC80 to U+DCFF stands for the raw byte 0x80 to 0xFF.</summary>
    public static void Append(StringBuilder target, ReadOnlySpan<char> text)
    {
        target.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '"': target.Append("\\\""); break;
                case '\\': target.Append("\\\\"); break;
                case '\a': target.Append("\\a"); break;
                case '\b': target.Append("\\b"); break;
                case '\f': target.Append("\\f"); break;
                case '\n': target.Append("\\n"); break;
                case '\r': target.Append("\\r"); break;
                case '\t': target.Append("\\t"); break;
                case '\v': target.Append("\\v"); break;
                default:
                    if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                    {
                        var pair = new Rune(c, text[++i]);
                        AppendRune(target, pair);
                    }
                    else if (c is >= '\uDC80' and <= '\uDCFF')
                    {
                        target.Append("\\x").Append((c & 0xFF).ToString("x2", CultureInfo.InvariantCulture));
                    }
                    else if (char.IsSurrogate(c))
                    {
                        target.Append("\\ufffd");
                    }
                    else
                    {
                        AppendRune(target, new Rune(c));
                    }

                    break;
            }
        }

        target.Append('"');
    }

    /// <summary>A code point in single quotes as Go's <c>%q</c> writes it; -1 (the end of a text) is U+FFFD.</summary>
    public static string QuoteRune(int rune)
    {
        if (!Rune.IsValid(rune))
        {
            rune = 0xFFFD;
        }

        if (rune is '\'' or '"')
        {
            return rune == '"' ? "'\"'" : @"'\''";
        }

        var text = Quote(new Rune(rune).ToString());
        return "'" + text[1..^1] + "'";
    }

    /// <summary>A code point as Go's <c>%#U</c> writes it: <c>U+0063 'c'</c>.</summary>
    public static string DescribeRune(int rune)
    {
        var number = "U+" + rune.ToString("X4", CultureInfo.InvariantCulture);
        return Rune.IsValid(rune) && (rune < 0x80 ? rune is >= 0x20 and < 0x7F : IsPrintable(new Rune(rune)))
            ? $"{number} '{new Rune(rune)}'"
            : number;
    }

    private static void AppendRune(StringBuilder target, Rune rune)
    {
        if (rune.Value is >= 0x20 and < 0x7F)
        {
            target.Append((char)rune.Value);
        }
        else if (rune.Value < 0x80)
        {
            target.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else if (IsPrintable(rune))
        {
            target.Append(rune.ToString());
        }
        else if (rune.Value <= 0xFFFF)
        {
            target.Append("\\u").Append(rune.Value.ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            target.Append("\\U").Append(rune.Value.ToString("x8", CultureInfo.InvariantCulture));
        }
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
