using Tallygate.Model;

namespace Tallygate.PushLog;

/// <summary>One decision about one push: what the log stores, and all that folds may look at. Immutable.</summary>
public sealed class PushRecord
{
    /// <summary>What was asked for.</summary>
    public required PushVerb Verb { get; init; }

    /// <summary>What was decided.</summary>
    public required PushVerdict Verdict { get; init; }

    /// <summary>When the push was received, Unix nanoseconds: shown as <c>push_time_seconds</c>.</summary>
    public required long ReceivedUnixNano { get; init; }

    /// <summary>
    /// The stamp, Unix milliseconds: the first millisecond at or after the receive time that the group has not used. Pushed samples carry it.
    /// 0 for entries that book no samples.
    /// </summary>
    public long Stamp { get; init; }

    /// <summary>The group's labels, <c>job</c> among them, sorted, empty values kept; no labels for entries about no one group.</summary>
    public required Labels GroupingKey { get; init; }

    /// <summary>
    /// The families of an accepted push in canonical form: grouping labels and <c>instance</c> already set on every metric, no two families
    /// of one name, without the two push-time families. Empty for other entries.
    /// </summary>
    public IReadOnlyList<MetricFamily> Families { get; init; } = [];

    /// <summary>Why the push was refused; null for accepted ones.</summary>
    public string? Reason { get; init; }

    /// <summary>How many further refused pushes of the group this entry stands for.</summary>
    public long Suppressed { get; init; }
}
