using System.Globalization;

namespace Tallygate.Server.Configuration;

/// <summary>The few shapes that most flags have.</summary>
internal static class FlagShapes
{
    public static Flag Text(string name, string help, Func<ServerOptions, string, ServerOptions> set, Func<ServerOptions, string> show) =>
        new(name, help, FlagKind.Value, (o, v) => set(o, v[0]), show);

    public static Flag Texts(
        string name, string help, Func<ServerOptions, IReadOnlyList<string>, ServerOptions> set, Func<ServerOptions, IReadOnlyList<string>> show) =>
        new(name, help, FlagKind.Repeatable, (o, v) => set(o, v), o => string.Join(",", show(o)));

    public static Flag Switch(string name, string help, Func<ServerOptions, bool, ServerOptions> set, Func<ServerOptions, bool> show) =>
        new(name, help, FlagKind.Switch,
            (o, v) => v[0] switch
            {
                "true" => set(o, true),
                "false" => set(o, false),
                _ => FlagResult.Refuse($"--{name} is true or false, not \"{v[0]}\""),
            },
            o => show(o) ? "true" : "false");

    public static Flag Duration(string name, string help, Func<ServerOptions, TimeSpan, ServerOptions> set, Func<ServerOptions, TimeSpan> show) =>
        new(name, help, FlagKind.Value,
            (o, v) => DurationText.TryParse(v[0], out var duration, out var why) ? set(o, duration) : FlagResult.Refuse($"--{name}: {why}"),
            o => DurationText.Format(show(o)));

    public static Flag Number(string name, string help, Func<ServerOptions, int, ServerOptions> set, Func<ServerOptions, int> show) =>
        new(name, help, FlagKind.Value,
            (o, v) => int.TryParse(v[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? set(o, number)
                : FlagResult.Refuse($"--{name} is a positive whole number, not \"{v[0]}\""),
            o => show(o).ToString(CultureInfo.InvariantCulture));

    /// <summary>Bytes, with a unit whose steps are 1024, as Prometheus reads them.</summary>
    public static Flag Size(string name, string help, Func<ServerOptions, long, ServerOptions> set, Func<ServerOptions, long> show) =>
        new(name, help, FlagKind.Value,
            (o, v) => TryParseSize(v[0], out var bytes)
                ? set(o, bytes)
                : FlagResult.Refuse($"--{name} is a number of bytes with a unit, like 512MB, not \"{v[0]}\""),
            o => SizeText(show(o)));

    public static Flag Choice(string name, string help, string[] choices, Func<ServerOptions, int, ServerOptions> set, Func<ServerOptions, int> show) =>
        new(name, $"{help} One of: {string.Join(", ", choices)}.", FlagKind.Value,
            (o, v) => Array.IndexOf(choices, v[0]) is var at and >= 0
                ? set(o, at)
                : FlagResult.Refuse($"enum value must be one of {string.Join(",", choices)}, got '{v[0]}', try --help"),
            o => choices[show(o)]);

    /// <summary>Flags that stand in people's start scripts and that only their default works for yet.</summary>
    public static IEnumerable<Flag> NotYet(params (string Name, string Default)[] flags) => flags.Select(f =>
        new Flag(f.Name, "", f.Default is "true" or "false" ? FlagKind.Switch : FlagKind.Value,
            (o, v) => v[0] == f.Default ? o : FlagResult.Refuse($"--{f.Name} is known but not supported yet"),
            _ => f.Default)
        {
            Unsupported = true,
        });

    private static readonly string[] _units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    private static bool TryParseSize(string text, out long bytes)
    {
        bytes = 0;
        if (text == "0")
        {
            return true;
        }

        var digits = text.AsSpan().TrimEnd("BKMGTPEi");
        var unit = Array.IndexOf(_units, text[digits.Length..].Replace("i", "", StringComparison.Ordinal));
        if (unit < 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> (10 * unit))
        {
            return false;
        }

        bytes = number << (10 * unit);
        return true;
    }

    private static string SizeText(long bytes)
    {
        var unit = 0;
        while (bytes > 0 && bytes % 1024 == 0 && unit + 1 < _units.Length)
        {
            bytes /= 1024;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + _units[unit];
    }
}
