using System.Globalization;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A span of time.</summary>
internal sealed record DurationValue(long Nanoseconds) : TemplateValue
{
    public override string TypeName => "*time.Duration";

    public override bool IsTrue => true;

    /// <summary>As Go prints it: <c>1h2m3.5s</c>, below a second <c>1.5ms</c>.</summary>
    public override string OwnText
    {
        get
        {
            var size = UInt128.CreateTruncating(Int128.Abs(Nanoseconds));
            var sign = Nanoseconds < 0 ? "-" : "";
            if (size < 1_000_000_000)
            {
                var (unit, name) = size < 1_000 ? (1L, "ns") : size < 1_000_000 ? (1_000L, "µs") : (1_000_000L, "ms");
                return size == 0 ? "0s" : sign + Decimal((long)size, unit) + name;
            }

            var seconds = Decimal((long)(size % 60_000_000_000), 1_000_000_000) + "s";
            var minutes = (long)(size / 60_000_000_000);
            return minutes == 0 ? sign + seconds
                : minutes < 60 ? $"{sign}{minutes}m{seconds}"
                : string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes / 60}h{minutes % 60}m{seconds}");
        }
    }

    public override bool TryField(string name, out TemplateValue? field)
    {
        field = name switch
        {
            "Nanoseconds" => new IntValue(Nanoseconds, "int64"),
            "Microseconds" => new IntValue(Nanoseconds / 1_000, "int64"),
            "Milliseconds" => new IntValue(Nanoseconds / 1_000_000, "int64"),
            "Seconds" => new FloatValue(Nanoseconds / 1e9),
            "Minutes" => new FloatValue(Nanoseconds / 60e9),
            "Hours" => new FloatValue(Nanoseconds / 3600e9),
            "Abs" => new DurationValue(Math.Abs(Math.Max(Nanoseconds, -long.MaxValue))),
            "String" => new TextValue(OwnText),
            _ => null,
        };
        return field is not null;
    }

    private static string Decimal(long value, long unit)
    {
        var fraction = (value % unit).ToString(CultureInfo.InvariantCulture).PadLeft((int)Math.Log10(unit), '0').TrimEnd('0');
        var whole = (value / unit).ToString(CultureInfo.InvariantCulture);
        return fraction.Length == 0 || unit == 1 ? whole : whole + "." + fraction;
    }
}
