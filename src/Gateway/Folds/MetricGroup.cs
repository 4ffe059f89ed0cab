using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>The latest state of one group. Immutable: a change makes a new one, which shares what did not change.</summary>
public sealed class MetricGroup
{
    /// <summary>The family that says when the group was last pushed.</summary>
    public const string PushTimeName = "push_time_seconds";

    /// <summary>The family that says when a push of the group last failed.</summary>
    public const string PushFailureTimeName = "push_failure_time_seconds";

    private const string PushTimeHelp = "Last Unix time when changing this group in the Pushgateway succeeded.";
    private const string PushFailureTimeHelp = "Last Unix time when changing this group in the Pushgateway failed.";

    private readonly GroupFamily[] _families;

    private MetricGroup(Labels key, Labels shownLabels, GroupFamily[] families, Moment push, Moment failure, long lifeMs, long expiredUnixNano = 0)
    {
        LifeMs = lifeMs;
        ExpiredUnixNano = expiredUnixNano;
        Key = key;
        ShownLabels = shownLabels;
        _families = families;
        Push = push;
        Failure = failure;
    }

    /// <summary>A time that the group shows, and when it was set, both Unix nanoseconds.</summary>
    internal readonly record struct Moment(long UnixNano, long WrittenUnixNano)
    {
        public double Seconds => UnixNano / 1e9;
    }

    /// <summary>The grouping labels.</summary>
    public Labels Key { get; }

    /// <summary>The pushed families, sorted by name in UTF-8 order, without the two push-time families.</summary>
    public IReadOnlyList<GroupFamily> Families => _families;

    /// <summary>The family <see cref="PushTimeName"/>: Unix seconds of the last accepted push, 0 where there was none.</summary>
    public GroupFamily PushTime => TimeFamily(PushTimeName, PushTimeHelp, Push);

    /// <summary>The family <see cref="PushFailureTimeName"/>: Unix seconds of the last refused push, 0 where there was none.</summary>
    public GroupFamily PushFailureTime => TimeFamily(PushFailureTimeName, PushFailureTimeHelp, Failure);

    /// <summary>Whether no push failed after the last that was accepted.</summary>
    public bool LastPushSuccessful => !(Failure.UnixNano > Push.UnixNano);

    /// <summary>When the group was last pushed, Unix nanoseconds; 0 where it never was.</summary>
    public long LastPushUnixNano => Push.UnixNano;

    /// <summary>When a push of the group last failed, Unix nanoseconds; 0 where none did.</summary>
    public long LastFailureUnixNano => Failure.UnixNano;

    /// <summary>When the group's values went because its time was over, Unix nanoseconds; 0 where it was pushed since, or never expired.</summary>
    public long ExpiredUnixNano { get; }

    /// <summary>How long its last push wants its values to last, milliseconds: 0 for ever, negative where it does not say.</summary>
    internal long LifeMs { get; }

    internal Moment Push { get; }

    internal Moment Failure { get; }

    /// <summary>The key with <c>instance=""</c> where it has no instance: the labels of the two push-time metrics.</summary>
    internal Labels ShownLabels { get; }

    /// <summary>The family of that name; null where the group holds none.</summary>
    public GroupFamily? Find(string name)
    {
        var low = 0;
        var high = _families.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Utf8Order.CompareOrdinal(_families[middle].Family.Name, name);
            if (order == 0)
            {
                return _families[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    internal ReadOnlySpan<GroupFamily> FamiliesSpan => _families;

    /// <summary>Whether an accepted push shows in the group: one that comes late does only if the group was not pushed since.</summary>
    internal static bool Shows(MetricGroup? before, PushRecord record) =>
        before is null || record.Terms?.PushTimeUnixNano is not { } time || time >= before.Push.UnixNano;

    /// <summary>The group after a push was accepted or refused; <paramref name="before"/> is null where there was none.</summary>
    internal static MetricGroup After(MetricGroup? before, PushRecord record)
    {
        var key = before?.Key ?? record.GroupingKey;
        var shown = before?.ShownLabels ?? (key.Has("instance") ? key : key.With("instance", ""));
        var now = record.Verdict == PushVerdict.Rejected ? record.ReceivedUnixNano : record.PushedUnixNano;
        var moment = new Moment(now, now);
        var never = new Moment(0, now);
        return record.Verdict == PushVerdict.Rejected
            ? new MetricGroup(key, shown, before?._families ?? [], before?.Push ?? never, moment, before?.LifeMs ?? -1, before?.ExpiredUnixNano ?? 0)
            : new MetricGroup(key, shown, Pushed(before, record), moment, before?.Failure ?? never, record.Terms?.TimeToLiveMs ?? -1);
    }

    /// <summary>The group after its time was over: the values go, and when it was last pushed stays, so that its silence can still be seen.</summary>
    internal static MetricGroup Expired(MetricGroup before, PushRecord record) =>
        new(before.Key, before.ShownLabels, [], before.Push, before.Failure, before.LifeMs, record.ReceivedUnixNano);

    private static GroupFamily[] Pushed(MetricGroup? before, PushRecord record)
    {
        var pushed = new GroupFamily[record.Families.Count];
        var sorted = true;
        for (var i = 0; i < pushed.Length; i++)
        {
            var family = Kept(record.Families[i], before);
            if (record.Terms?.BySeries == true && before?.Find(family.Name)?.Family is { } old)
            {
                family = SeriesMerge.Of(old, family);
            }

            pushed[i] = new GroupFamily(family, record.PushedUnixNano);
            sorted &= i == 0 || Utf8Order.CompareOrdinal(pushed[i - 1].Family.Name, pushed[i].Family.Name) < 0;
        }

        if (!sorted)
        {
            Array.Sort(pushed, static (a, b) => Utf8Order.CompareOrdinal(a.Family.Name, b.Family.Name));
        }

        if (record.Verb == PushVerb.Replace || before is null || before._families.Length == 0)
        {
            return pushed;
        }

        return Merge(before._families, pushed);
    }

    /// <summary>The family as it is kept: a replayed one comes metric by metric, and is made as small as one that was just pushed.</summary>
    private static MetricFamily Kept(MetricFamily family, MetricGroup? before)
    {
        if (family.Metrics is PlainMetrics || PlainMetrics.Of(family.Metrics, before?.Find(family.Name)?.Family.Metrics as PlainMetrics) is not { } plain)
        {
            return family;
        }

        return new MetricFamily { Name = family.Name, Help = family.Help, Type = family.Type, Unit = family.Unit, Metrics = plain };
    }

    private static GroupFamily[] Merge(GroupFamily[] old, GroupFamily[] pushed)
    {
        var merged = new GroupFamily[old.Length + pushed.Length];
        var count = 0;
        var i = 0;
        var j = 0;
        while (i < old.Length && j < pushed.Length)
        {
            var order = Utf8Order.CompareOrdinal(old[i].Family.Name, pushed[j].Family.Name);
            merged[count++] = order < 0 ? old[i++] : pushed[j++];
            i += order == 0 ? 1 : 0;
        }

        while (i < old.Length)
        {
            merged[count++] = old[i++];
        }

        while (j < pushed.Length)
        {
            merged[count++] = pushed[j++];
        }

        return count == merged.Length ? merged : merged[..count];
    }

    private GroupFamily TimeFamily(string name, string help, Moment moment)
    {
        var metrics = new PlainMetrics([ShownLabels], MetricPayload.Gauge, [moment.Seconds]);
        var family = new MetricFamily { Name = name, Help = help, Type = MetricType.Gauge, Metrics = metrics };
        return new GroupFamily(family, moment.WrittenUnixNano);
    }
}
