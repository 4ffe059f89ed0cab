using System.Globalization;

namespace Tallygate.Rules.Alerting.Templates.Values;

/// <summary>A point in time, in UTC.</summary>
/// <param name="Milliseconds">Unix milliseconds; what is finer is cut off, as in Prometheus.</param>
internal sealed record TimeValue(long Milliseconds) : TemplateValue
{
    public override string TypeName => "*time.Time";

    public override bool IsTrue => true;

    public override bool HasMethods => true;

    public override string OwnText => GoTimeLayout.Format(Date, "2006-01-02 15:04:05.999999999 -0700 MST");

    // Sums of many spans can leave what the calendar knows.
    private DateTime Date => DateTime.UnixEpoch.AddMilliseconds(Math.Clamp(Milliseconds, -62135596800000, 253402300799999));

    public override bool TryField(string name, out TemplateValue? field)
    {
        var date = Date;
        field = name switch
        {
            "Unix" => new IntValue((long)Math.Floor(Milliseconds / 1000.0), "int64"),
            "UnixMilli" => new IntValue(Milliseconds, "int64"),
            "UnixMicro" => new IntValue(Milliseconds * 1_000, "int64"),
            "UnixNano" => new IntValue(unchecked(Milliseconds * 1_000_000), "int64"),
            "Year" => new IntValue(date.Year),
            "Month" => new IntValue(date.Month, "time.Month", CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(date.Month)),
            "Day" => new IntValue(date.Day),
            "Hour" => new IntValue(date.Hour),
            "Minute" => new IntValue(date.Minute),
            "Second" => new IntValue(date.Second),
            "Nanosecond" => new IntValue(date.Millisecond * 1_000_000),
            "YearDay" => new IntValue(date.DayOfYear),
            "Weekday" => new IntValue((int)date.DayOfWeek, "time.Weekday", date.DayOfWeek.ToString()),
            "UTC" => this,
            "IsZero" => new BoolValue(false),
            "String" => new TextValue(OwnText),
            _ => null,
        };
        return field is not null;
    }

    public override bool TryMethod(string name, IReadOnlyList<TemplateValue?> arguments, out TemplateValue? result)
    {
        result = (name, arguments) switch
        {
            ("Format", [TextValue layout]) => new TextValue(GoTimeLayout.Format(Date, layout.Value)),
            ("Add", [DurationValue span]) => new TimeValue(Milliseconds + (span.Nanoseconds / 1_000_000)),
            ("Sub", [TimeValue other]) => new DurationValue(Clamp((Int128)(Milliseconds - other.Milliseconds) * 1_000_000)),
            ("Before", [TimeValue other]) => new BoolValue(Milliseconds < other.Milliseconds),
            ("After", [TimeValue other]) => new BoolValue(Milliseconds > other.Milliseconds),
            ("Equal", [TimeValue other]) => new BoolValue(Milliseconds == other.Milliseconds),
            _ => null,
        };
        return result is not null;
    }

    private static long Clamp(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
}
