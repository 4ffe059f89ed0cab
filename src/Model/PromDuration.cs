using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Tallygate.Model;

/// <summary>
/// Durations as Prometheus writes them: whole numbers with units, the largest first and each at most once: <c>1h30m</c>.
/// <c>y</c> is 365 d, <c>w</c> 7 d. Milliseconds throughout; the longest is that of 2^63-1 nanoseconds, about 292 years.
/// </summary>
public static class PromDuration
{
    private const long LongestMs = long.MaxValue / 1_000_000;

    private static readonly (string Name, long Ms, bool OnlyExact)[] Units =
    [
        ("y", 365L * 24 * 3600 * 1000, true), ("w", 7L * 24 * 3600 * 1000, true), ("d", 24L * 3600 * 1000, false),
        ("h", 3600L * 1000, false), ("m", 60L * 1000, false), ("s", 1000, false), ("ms", 1, false),
    ];

    /// <summary>Parses a duration; a bare <c>0</c> needs no unit, signs are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds, [NotNullWhen(false)] out string? error)
    {
        milliseconds = 0;
        error = null;
        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            error = "empty duration string";
            return false;
        }

        var rest = text;
        var next = 0;
        UInt128 total = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
            {
                return NotValid(text, out error);
            }

            var number = rest[..digits];
            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9');
            var unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            var at = IndexOfUnit(unit);
            if (at < next)
            {
                return NotValid(text, out error);
            }

            next = at + 1;
            total += ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? (UInt128)value * (ulong)Units[at].Ms
                : UInt128.MaxValue >> 8;
        }

        if (total > (ulong)LongestMs)
        {
            error = "duration out of range";
            return false;
        }

        milliseconds = (long)total;
        return true;
    }

    /// <summary>Parses a duration.</summary>
    /// <exception cref="FormatException">The text is no duration; the message says why, as Prometheus does.</exception>
    public static long Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var milliseconds, out var error) ? milliseconds : throw new FormatException(error);

    /// <summary>The shortest text; years and weeks only where nothing remains, so 90 d stay <c>90d</c>. Zero is <c>0s</c>.</summary>
    public static string Format(long milliseconds)
    {
        if (milliseconds == 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        var rest = milliseconds;
        if (rest < 0)
        {
            text.Append('-');
            rest = -rest;
        }

        foreach (var (name, ms, onlyExact) in Units)
        {
            if (rest >= ms && !(onlyExact && rest % ms != 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / ms}").Append(name);
                rest %= ms;
            }
        }

        return text.ToString();
    }

    private static int IndexOfUnit(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < Units.Length; i++)
        {
            if (name.SequenceEqual(Units[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool NotValid(ReadOnlySpan<char> text, out string error)
    {
        error = "not a valid duration string: " + GoQuote.Quote(text);
        return false;
    }
}
