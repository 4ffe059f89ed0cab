using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Reading;

/// <summary>Which entries of the push log are wanted. Immutable.</summary>
public sealed record LogFilter
{
    /// <summary>
    /// Selectors of which one must fit; none: all entries. A selector fits an entry where it fits one of its metrics; an entry that brings no
    /// metrics (a refusal, a deletion, the end of a run) where it fits the group's labels, whatever it says of the name.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors { get; init; } = [];

    /// <summary>The earliest time wanted, Unix milliseconds.</summary>
    public long FromMs { get; init; } = long.MinValue;

    /// <summary>The latest time wanted, Unix milliseconds.</summary>
    public long ToMs { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether the times are the stamps, at which the pushed series have their samples: entries that book none are not wanted then. Else they
    /// are those at which the server received the pushes.
    /// </summary>
    public bool ByStamp { get; init; }

    /// <summary>Accepted or refused; null for both.</summary>
    public PushVerdict? Verdict { get; init; }

    /// <summary>Whether an entry is wanted.</summary>
    public bool Takes(PushRecord record) =>
        (Verdict is null || record.Verdict == Verdict)
        && TakesTime(record)
        && (Selectors.Count == 0 || Selectors.Any(s => Fits(s, record)));

    private bool TakesTime(PushRecord record)
    {
        var time = ByStamp ? record.Stamp : MsOf(record.ReceivedUnixNano);
        return time >= FromMs && time <= ToMs && !(ByStamp && record.Stamp == 0);
    }

    /// <summary>The millisecond that a nanosecond lies in.</summary>
    internal static long MsOf(long unixNano) => (unixNano - (((unixNano % 1_000_000) + 1_000_000) % 1_000_000)) / 1_000_000;

    private static bool Fits(IReadOnlyList<LabelMatcher> selector, PushRecord record)
    {
        if (record.Families.Count == 0)
        {
            return selector.All(m => m.Name == Labels.MetricName || m.Matches(record.GroupingKey.Get(m.Name)));
        }

        foreach (var family in record.Families)
        {
            if (!HasName(selector, family))
            {
                continue;
            }

            for (var i = 0; i < family.Metrics.Count; i++)
            {
                var labels = family.LabelsAt(i);
                if (selector.All(m => m.Name == Labels.MetricName || m.Matches(labels.Get(m.Name))))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether what a selector says of names fits the family's name, or that of one of its parts.</summary>
    private static bool HasName(IReadOnlyList<LabelMatcher> selector, MetricFamily family) =>
        HasName(selector, family.Name)
        || (family.Type is MetricType.Histogram or MetricType.GaugeHistogram or MetricType.Summary
            && (HasName(selector, family.Name + "_sum") || HasName(selector, family.Name + "_count") || HasName(selector, family.Name + "_bucket")));

    private static bool HasName(IReadOnlyList<LabelMatcher> selector, string name) => selector.All(m => m.Name != Labels.MetricName || m.Matches(name));
}
