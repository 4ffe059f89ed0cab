using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Parts of the date of a Unix time in seconds, in UTC; without an argument, of the step.</summary>
internal static class TimeFunctions
{
    private const long SecondsPerDay = 86_400;

    /// <summary>Makes a function of what <paramref name="part"/> reads off a Unix time.</summary>
    public static VectorFunction Part(Func<long, double> part) => call =>
    {
        if (call.Arguments.Count > 0)
        {
            return MathFunctions.Map(call, 0, (value, _) => part(Seconds(value)));
        }

        var row = Row.Blank(Model.Labels.Empty, call.Steps);
        for (var step = 0; step < call.Steps; step++)
        {
            row.Values[step] = part(call.Grid.At(step) / 1000);
        }

        return [row];
    };

    public static double Minute(long seconds) => Modulo(seconds, 3600) / 60;

    public static double Hour(long seconds) => Modulo(seconds, SecondsPerDay) / 3600;

    /// <summary>0 is Sunday; the epoch was a Thursday.</summary>
    public static double DayOfWeek(long seconds) => Modulo(Days(seconds) + 4, 7);

    public static double DayOfMonth(long seconds) => Date(seconds).Day;

    public static double DayOfYear(long seconds)
    {
        var (year, _, _) = Date(seconds);
        return Days(seconds) - DaysFromCivil(year, 1) + 1;
    }

    public static double DaysInMonth(long seconds)
    {
        var (year, month, _) = Date(seconds);
        return (month == 12 ? DaysFromCivil(year + 1, 1) : DaysFromCivil(year, month + 1)) - DaysFromCivil(year, month);
    }

    public static double Month(long seconds) => Date(seconds).Month;

    public static double Year(long seconds) => Date(seconds).Year;

    /// <summary>As Go converts: toward zero, and the smallest number for what does not fit.</summary>
    private static long Seconds(double value) =>
        double.IsNaN(value) || value >= 9223372036854775808.0 || value < -9223372036854775808.0 ? long.MinValue : (long)value;

    private static long Days(long seconds) => (seconds - Modulo(seconds, SecondsPerDay)) / SecondsPerDay;

    private static long Modulo(long value, long by) => ((value % by) + by) % by;

    // The calendar by eras of 400 years that begin in March, so that any number of seconds has a date.
    private static (long Year, int Month, int Day) Date(long seconds)
    {
        var days = Days(seconds) + 719_468;
        var dayOfEra = Modulo(days, 146_097);
        var era = (days - dayOfEra) / 146_097;
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var monthFromMarch = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * monthFromMarch) + 2) / 5) + 1);
        var month = (int)(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9);
        return ((400 * era) + yearOfEra + (month <= 2 ? 1 : 0), month, day);
    }

    /// <summary>The days from the epoch to the first of the month.</summary>
    private static long DaysFromCivil(long year, int month)
    {
        var shifted = month <= 2 ? year - 1 : year;
        var yearOfEra = Modulo(shifted, 400);
        var era = (shifted - yearOfEra) / 400;
        var dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }
}
