using System.Globalization;
using System.Text;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>Prints times by an example of how <c>Mon Jan 2 15:04:05 2006 UTC</c> is to look, as Go's time.Format does.</summary>
internal static class GoTimeLayout
{
    // The longest pattern that fits wins, so longer ones stand before their beginnings.
    private static readonly (string Pattern, Func<DateTime, string> Text)[] Elements =
    [
        ("January", static t => Invariant(t, "MMMM")),
        ("Jan", static t => Invariant(t, "MMM")),
        ("Monday", static t => Invariant(t, "dddd")),
        ("Mon", static t => Invariant(t, "ddd")),
        ("MST", static _ => "UTC"),
        ("2006", static t => Invariant(t, "yyyy")),
        ("002", static t => t.DayOfYear.ToString("000", CultureInfo.InvariantCulture)),
        ("__2", static t => t.DayOfYear.ToString(CultureInfo.InvariantCulture).PadLeft(3)),
        ("01", static t => Invariant(t, "MM")),
        ("02", static t => Invariant(t, "dd")),
        ("03", static t => Invariant(t, "hh")),
        ("04", static t => Invariant(t, "mm")),
        ("05", static t => Invariant(t, "ss")),
        ("06", static t => Invariant(t, "yy")),
        ("15", static t => Invariant(t, "HH")),
        ("_2", static t => t.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)),
        ("1", static t => t.Month.ToString(CultureInfo.InvariantCulture)),
        ("2", static t => t.Day.ToString(CultureInfo.InvariantCulture)),
        ("3", static t => (((t.Hour + 11) % 12) + 1).ToString(CultureInfo.InvariantCulture)),
        ("4", static t => t.Minute.ToString(CultureInfo.InvariantCulture)),
        ("5", static t => t.Second.ToString(CultureInfo.InvariantCulture)),
        ("PM", static t => t.Hour < 12 ? "AM" : "PM"),
        ("pm", static t => t.Hour < 12 ? "am" : "pm"),
        ("-07:00:00", static _ => "+00:00:00"),
        ("-070000", static _ => "+000000"),
        ("-07:00", static _ => "+00:00"),
        ("-0700", static _ => "+0000"),
        ("-07", static _ => "+00"),
        ("Z07:00:00", static _ => "Z"),
        ("Z070000", static _ => "Z"),
        ("Z07:00", static _ => "Z"),
        ("Z0700", static _ => "Z"),
        ("Z07", static _ => "Z"),
    ];

    /// <summary>The time as the layout shows it.</summary>
    public static string Format(DateTime time, string layout)
    {
        var text = new StringBuilder();
        var rest = layout.AsSpan();
        while (!rest.IsEmpty)
        {
            rest = rest[Append(text, time, rest)..];
        }

        return text.ToString();
    }

    private static int Append(StringBuilder text, DateTime time, ReadOnlySpan<char> layout)
    {
        if (Fraction(layout) is var length and > 0)
        {
            var digits = time.Ticks % TimeSpan.TicksPerSecond;
            var fraction = (digits * 100).ToString("000000000", CultureInfo.InvariantCulture).PadRight(length - 1, '0')[..(length - 1)];
            fraction = layout[1] == '9' ? fraction.TrimEnd('0') : fraction;
            text.Append(fraction.Length > 0 ? layout[0] + fraction : "");
            return length;
        }

        foreach (var (pattern, element) in Elements)
        {
            // Jan and Mon within other words are words.
            if (layout.StartsWith(pattern) && !(pattern is "Jan" or "Mon" && layout.Length > 3 && char.IsAsciiLetterLower(layout[3])))
            {
                text.Append(element(time));
                return pattern.Length;
            }
        }

        text.Append(layout[0]);
        return 1;
    }

    // A dot or comma with zeros or nines after it, and no further digit, stands for fractions of the second.
    private static int Fraction(ReadOnlySpan<char> layout)
    {
        if (layout.Length < 2 || layout[0] is not ('.' or ',') || layout[1] is not ('0' or '9'))
        {
            return 0;
        }

        var end = 1 + layout[1..].IndexOfAnyExcept(layout[1]);
        end = end == 0 ? layout.Length : end;
        return end < layout.Length && char.IsAsciiDigit(layout[end]) || end > 10 ? 0 : end;
    }

    private static string Invariant(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
