using Tallygate.Model;

namespace Tallygate.PushLog;

/// <summary>One decision about one push: what the log stores, and all that folds may look at. Immutable.</summary>
public sealed class PushRecord
{
    /// <summary>What was asked for.</summary>
    public required PushVerb Verb { get; init; }

    /// <summary>What was decided.</summary>
    public required PushVerdict Verdict { get; init; }

    /// <summary>When the push was received, Unix nanoseconds.</summary>
    public required long ReceivedUnixNano { get; init; }

    /// <summary>
    /// The stamp, Unix milliseconds: the first millisecond at or after the time of the push that the group has not used. Pushed samples carry it.
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

    /// <summary>Why the push was refused, or why an entry that nobody asked for is there; null for accepted pushes.</summary>
    public string? Reason { get; init; }

    /// <summary>What the push said beside its metrics; null for nothing. <see cref="PushVerb.RunClosed"/> names its run here.</summary>
    public PushTerms? Terms { get; init; }

    /// <summary>Who pushed; null where it is not known.</summary>
    public PushClient? Client { get; init; }

    /// <summary>
    /// What <see cref="PushVerb.Configure"/>, <see cref="PushVerb.Forget"/> and <see cref="PushVerb.Snapshot"/> state, in a form of their
    /// own; empty for all others.
    /// </summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// When the push happened, Unix nanoseconds: by the client's clock where it says so, else when it was received. Shown as
    /// <c>push_time_seconds</c>.
    /// </summary>
    public long PushedUnixNano => Terms?.PushTimeUnixNano ?? ReceivedUnixNano;

    /// <summary>How many further refused pushes of the group this entry stands for.</summary>
    public long Suppressed { get; init; }
}
