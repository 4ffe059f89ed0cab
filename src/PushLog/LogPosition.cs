namespace Tallygate.PushLog;

/// <summary>A place in the push log. The first entry has 1; positions are dense. 0 stands for "before the first".</summary>
public readonly record struct LogPosition(long Value) : IComparable<LogPosition>
{
    /// <summary>Before the first entry.</summary>
    public static readonly LogPosition None;

    /// <summary>The position after this one.</summary>
    public LogPosition Next => new(checked(Value + 1));

    /// <inheritdoc/>
    public int CompareTo(LogPosition other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static bool operator <(LogPosition a, LogPosition b) => a.Value < b.Value;

    /// <summary>Whether <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool operator >(LogPosition a, LogPosition b) => a.Value > b.Value;

    /// <summary>Whether <paramref name="a"/> does not come after <paramref name="b"/>.</summary>
    public static bool operator <=(LogPosition a, LogPosition b) => a.Value <= b.Value;

    /// <summary>Whether <paramref name="a"/> does not come before <paramref name="b"/>.</summary>
    public static bool operator >=(LogPosition a, LogPosition b) => a.Value >= b.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
