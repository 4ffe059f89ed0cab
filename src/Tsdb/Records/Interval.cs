namespace Tallygate.Tsdb.Records;

/// <summary>A range of times that was deleted, Unix ms, both ends in it.</summary>
internal readonly record struct Interval(long MinTime, long MaxTime)
{
    /// <summary>Adds a range to ascending ranges that do not touch.</summary>
    public static Interval[] Add(Interval[] intervals, Interval added)
    {
        var result = new List<Interval>(intervals.Length + 1);
        foreach (var interval in intervals)
        {
            // Ranges that touch become one; the ends are whole milliseconds.
            if (Touches(interval, added))
            {
                added = new Interval(Math.Min(interval.MinTime, added.MinTime), Math.Max(interval.MaxTime, added.MaxTime));
            }
            else
            {
                result.Add(interval);
            }
        }

        var at = result.FindIndex(i => i.MinTime > added.MinTime);
        result.Insert(at < 0 ? result.Count : at, added);
        return [.. result];
    }

    /// <summary>Whether one of the ranges holds all of a range.</summary>
    public static bool Cover(Interval[] intervals, long minTime, long maxTime) =>
        Array.Exists(intervals, i => i.MinTime <= minTime && i.MaxTime >= maxTime);

    /// <summary>Whether one of the ranges holds a time.</summary>
    public static bool Hold(Interval[] intervals, long time) => Cover(intervals, time, time);

    private static bool Touches(Interval x, Interval y) =>
        (y.MinTime == long.MinValue || x.MaxTime >= y.MinTime - 1) && (x.MinTime == long.MinValue || y.MaxTime >= x.MinTime - 1);
}
