using System.Globalization;
using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Numbers for people.</summary>
internal static class HumanizeFunctions
{
    private static readonly string[] Large = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] Binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
    private static readonly string[] Small = ["m", "u", "n", "p", "f", "a", "z", "y"];

    public static IEnumerable<TemplateFunction> All =>
    [
        new("humanize", [null], static (_, a) => new TextValue(Metric(Float(a[0])))),
        new("humanize1024", [null], static (_, a) => new TextValue(Kibi(Float(a[0])))),
        new("humanizeDuration", [null], static (_, a) => new TextValue(Duration(Float(a[0])))),
        new("humanizePercentage", [null], static (_, a) => new TextValue(Short(Float(a[0]) * 100) + "%")),
    ];

    /// <summary>The number that a number or a text is.</summary>
    public static double Float(TemplateValue? value) => value switch
    {
        FloatValue number => number.Value,
        IntValue { Type: "int" or "int64" } number => number.Value,
        TextValue { Type: "string" } text when FloatText.TryParse(text.Value, out var number) => number,
        TextValue { Type: "string" } text => throw new TemplateFunctionException(
            $"strconv.ParseFloat: parsing {GoQuote.Quote(text.Value)}: "
            + (IsTooLarge(text.Value) ? "value out of range" : "invalid syntax")),
        _ => throw new TemplateFunctionException($"can't convert {value?.TypeName ?? "<nil>"} to float"),
    };

    private static bool IsTooLarge(string text) =>
        !text.AsSpan().ContainsAny(' ', '\t') && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Short(double value) => GoFloat.Format(value, 'g', 4);

    private static string Metric(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return Short(value);
        }

        return Math.Abs(value) >= 1 ? Scaled(value, 1000, Large) : ScaledUp(value);
    }

    private static string Kibi(double value) =>
        Math.Abs(value) <= 1 || !double.IsFinite(value) ? Short(value) : Scaled(value, 1024, Binary);

    private static string Scaled(double value, double unit, string[] names)
    {
        var prefix = "";
        for (var i = 0; i < names.Length && Math.Abs(value) >= unit; i++)
        {
            prefix = names[i];
            value /= unit;
        }

        return Short(value) + prefix;
    }

    private static string ScaledUp(double value)
    {
        var prefix = "";
        for (var i = 0; i < Small.Length && Math.Abs(value) < 1; i++)
        {
            prefix = Small[i];
            value *= 1000;
        }

        return Short(value) + prefix;
    }

    private static string Duration(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return Short(value) + (value == 0 ? "s" : "");
        }

        if (Math.Abs(value) < 1)
        {
            return ScaledUp(value) + "s";
        }

        var sign = value < 0 ? "-" : "";
        value = Math.Abs(value);
        var whole = (long)value;
        var (days, hours, minutes, seconds) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
        var text = string.Create(CultureInfo.InvariantCulture, $"{days}d {hours}h {minutes}m {seconds}s");
        var from = days != 0 ? 0 : hours != 0 ? text.IndexOf(' ', StringComparison.Ordinal) + 1 : -1;
        return from >= 0 ? sign + text[from..]
            : minutes != 0 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes}m {seconds}s")
            : sign + Short(value) + "s";
    }
}
