using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Printing;

/// <summary>Prints one value under one of fmt's verbs.</summary>
internal static class ValuePrinter
{
    /// <summary>The value as an action prints it.</summary>
    public static string Show(TemplateValue? value)
    {
        switch (value)
        {
            case null:
                return "<no value>";
            case TextValue text:
                return text.Value;
            default:
                var shown = new StringBuilder();
                // An action follows a pointer; what fmt gets, it does not.
                Append(shown, value, FormatFlags.None, 'v', depth: value is SampleValue ? 1 : 0);
                return shown.ToString();
        }
    }

    /// <summary>The value under a verb; <c>%!d(string=hi)</c> where the two do not fit.</summary>
    public static void Append(StringBuilder target, TemplateValue? value, FormatFlags flags, char verb, int depth = 0)
    {
        if (value is null || verb == 'T')
        {
            if (verb is 'T' or 'v')
            {
                Pad(target, value?.TypeName ?? "<nil>", flags);
            }
            else
            {
                AppendBadVerb(target, value, verb.ToString());
            }

            return;
        }

        if (value.OwnText is { } own && verb is 'v' or 's' or 'x' or 'X' or 'q')
        {
            AppendText(target, own, flags, verb, value);
            return;
        }

        switch (value)
        {
            case TextValue text:
                AppendText(target, text.Value, flags, verb, value);
                break;
            case FloatValue number:
                AppendFloat(target, number, flags, verb);
                break;
            case IntValue number:
                AppendInteger(target, number.Value, flags, verb, value);
                break;
            case DurationValue span:
                AppendInteger(target, span.Nanoseconds, flags, verb, value);
                break;
            case BoolValue truth when verb is 'v' or 't':
                Pad(target, truth.Value ? "true" : "false", flags);
                break;
            case LabelsValue or ArgumentsValue:
                AppendList(target, "map[", value.Elements!.Select(static e => ((TemplateValue?)e.Key, e.Element)), "]", flags, verb);
                break;
            case SamplesValue samples:
                AppendList(target, "[", samples.Samples.Select(static s => ((TemplateValue?)null, (TemplateValue?)s)), "]", flags, verb);
                break;
            case SampleValue sample:
                AppendList(
                    target, depth == 0 ? "&{" : "{", [(null, new LabelsValue(sample.Labels)), (null, sample.Value)], "}", flags, verb);
                break;
            case AlertValue alert:
                AppendList(
                    target,
                    "{",
                    [
                        (null, new LabelsValue(alert.Labels)), (null, new LabelsValue(alert.ExternalLabels)),
                        (null, new TextValue(alert.ExternalUrl)), (null, alert.Value),
                    ],
                    "}",
                    flags,
                    verb);
                break;
            default:
                AppendBadVerb(target, value, verb.ToString());
                break;
        }
    }

    /// <summary><c>%!d(string=hi)</c></summary>
    public static void AppendBadVerb(StringBuilder target, TemplateValue? value, string verb)
    {
        target.Append("%!").Append(verb).Append('(');
        AppendTyped(target, value);
        target.Append(')');
    }

    /// <summary><c>string=hi</c></summary>
    public static void AppendTyped(StringBuilder target, TemplateValue? value)
    {
        target.Append(value is null ? "<nil>" : value.TypeName + "=");
        if (value is not null)
        {
            Append(target, value, FormatFlags.None, 'v');
        }
    }

    private static void AppendList(
        StringBuilder target,
        string open,
        IEnumerable<(TemplateValue? Key, TemplateValue? Element)> elements,
        string close,
        FormatFlags flags,
        char verb)
    {
        target.Append(open);
        var first = true;
        foreach (var (key, element) in elements)
        {
            target.Append(first ? "" : " ");
            first = false;
            if (key is not null)
            {
                Append(target, key, flags, verb);
                target.Append(':');
            }

            Append(target, element, flags, verb);
        }

        target.Append(close);
    }

    private static void AppendText(StringBuilder target, string text, FormatFlags flags, char verb, TemplateValue value)
    {
        if (flags.Precision >= 0 && verb is 'v' or 's' or 'q')
        {
            text = string.Concat(text.EnumerateRunes().Take(flags.Precision));
        }

        switch (verb)
        {
            case 'v' when flags.Sharp:
            case 'q':
                var raw = flags.Sharp && verb == 'q' && !text.AsSpan().ContainsAny('`', '\n', '\r');
                Pad(target, raw ? $"`{text}`" : flags.Plus && verb == 'q' ? Ascii(GoQuote.Quote(text)) : GoQuote.Quote(text), flags);
                break;
            case 'v' or 's':
                Pad(target, text, flags);
                break;
            case 'x' or 'X':
                var bytes = Encoding.UTF8.GetBytes(text).Take(flags.Precision >= 0 ? flags.Precision : int.MaxValue);
                var prefix = flags.Sharp ? "0x" : "";
                var hex = flags.Space
                    ? string.Join(' ', bytes.Select(b => prefix + b.ToString("x2", CultureInfo.InvariantCulture)))
                    : prefix + Convert.ToHexStringLower([.. bytes]);
                Pad(target, verb == 'X' ? hex.ToUpperInvariant() : hex, flags);
                break;
            default:
                AppendBadVerb(target, value, verb.ToString());
                break;
        }
    }

    private static void AppendFloat(StringBuilder target, FloatValue value, FormatFlags flags, char verb)
    {
        var form = verb switch { 'v' or 'g' or 'G' => 'g', 'e' or 'E' => 'e', 'f' or 'F' => 'f', _ => '\0' };
        if (form == '\0')
        {
            AppendBadVerb(target, value, verb.ToString());
            return;
        }

        var precision = flags.Precision < 0 && form != 'g' ? 6 : flags.Precision;
        var text = GoFloat.Format(value.Value, form, precision);
        text = verb is 'E' or 'G' ? text.Replace('e', 'E') : text;
        var sign = text[0] is '-' or '+' ? text[..1] : "";
        var digits = text[sign.Length..];
        if (sign is "" or "+")
        {
            // Infinity has its sign even without being asked.
            sign = flags.Plus ? "+" : flags.Space ? " " : sign;
        }

        flags.Zero &= double.IsFinite(value.Value);
        PadNumber(target, sign, digits, flags);
    }

    private static void AppendInteger(StringBuilder target, long value, FormatFlags flags, char verb, TemplateValue shown)
    {
        var size = UInt128.CreateTruncating(Int128.Abs(value));
        var digits = verb switch
        {
            'v' or 'd' => size.ToString(CultureInfo.InvariantCulture),
            'b' => (flags.Sharp ? "0b" : "") + size.ToString("b", CultureInfo.InvariantCulture),
            'o' => (flags.Sharp ? "0" : "") + Octal(size),
            'O' => "0o" + Octal(size),
            'x' => (flags.Sharp ? "0x" : "") + size.ToString("x", CultureInfo.InvariantCulture),
            'X' => (flags.Sharp ? "0X" : "") + size.ToString("X", CultureInfo.InvariantCulture),
            _ => null,
        };
        if (digits is not null)
        {
            if (flags.Precision >= 0)
            {
                digits = flags.Precision == 0 && value == 0 ? "" : digits.PadLeft(flags.Precision, '0');
                flags.Zero = false;
            }

            PadNumber(target, value < 0 ? "-" : flags.Plus ? "+" : flags.Space ? " " : "", digits, flags);
            return;
        }

        var rune = value is >= 0 and <= 0x10FFFF && Rune.IsValid((int)value) ? (int)value : 0xFFFD;
        switch (verb)
        {
            case 'c':
                Pad(target, new Rune(rune).ToString(), flags);
                break;
            case 'q':
                Pad(target, GoQuote.QuoteRune(rune), flags);
                break;
            case 'U':
                Pad(target, flags.Sharp ? GoQuote.DescribeRune(rune) : "U+" + value.ToString("X4", CultureInfo.InvariantCulture), flags);
                break;
            default:
                AppendBadVerb(target, shown, verb.ToString());
                break;
        }
    }

    private static string Ascii(string quoted) => string.Concat(quoted.EnumerateRunes().Select(static r =>
        r.IsAscii ? r.ToString() : (r.IsBmp ? "\\u" : "\\U") + r.Value.ToString(r.IsBmp ? "x4" : "x8", CultureInfo.InvariantCulture)));

    private static string Octal(UInt128 value) => Convert.ToString(unchecked((long)(ulong)value), 8);

    private static void PadNumber(StringBuilder target, string sign, string digits, FormatFlags flags)
    {
        if (flags.Zero && !flags.Minus)
        {
            digits = digits.PadLeft(Math.Max(flags.Width - sign.Length, 0), '0');
        }

        flags.Zero = false;
        Pad(target, sign + digits, flags);
    }

    private static void Pad(StringBuilder target, string text, FormatFlags flags)
    {
        var missing = flags.Width < 0 ? 0 : Math.Max(flags.Width - text.EnumerateRunes().Count(), 0);
        if (flags.Minus)
        {
            target.Append(text).Append(' ', missing);
        }
        else
        {
            target.Append(flags.Zero ? '0' : ' ', missing).Append(text);
        }
    }
}
