using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tallygate.Server.Configuration;

/// <summary>Durations as Go's standard library writes them: <c>1h30m</c>, <c>1.5s</c>, <c>250ms</c>; a unit is needed except for 0.</summary>
internal static class GoDuration
{
    private static readonly (string Name, decimal Nanoseconds)[] Units =
    [
        ("ns", 1m), ("us", 1_000m), ("µs", 1_000m), ("ms", 1_000_000m), ("s", 1e9m), ("m", 60e9m), ("h", 3600e9m),
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        duration = TimeSpan.Zero;
        error = null;
        var negative = text.StartsWith('-');
        var rest = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }

        var total = 0m;
        do
        {
            var letters = rest.IndexOfAnyExcept(Digits);
            if (letters <= 0 || !decimal.TryParse(rest[..letters], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                error = letters < 0 && rest.Length > 0 ? $"time: missing unit in duration \"{text}\"" : $"time: invalid duration \"{text}\"";
                return false;
            }

            rest = rest[letters..];
            var digits = rest.IndexOfAny(Digits);
            var unit = (digits < 0 ? rest : rest[..digits]).ToString();
            rest = rest[unit.Length..];
            var at = Array.FindIndex(Units, u => u.Name == unit);
            if (at < 0)
            {
                error = $"time: unknown unit \"{unit}\" in duration \"{text}\"";
                return false;
            }

            total += number > long.MaxValue ? decimal.MaxValue / 2 : number * Units[at].Nanoseconds;
            if (total > long.MaxValue)
            {
                error = $"time: invalid duration \"{text}\"";
                return false;
            }
        }
        while (!rest.IsEmpty);

        duration = TimeSpan.FromTicks((long)(total / 100) * (negative ? -1 : 1));
        return true;
    }
}
