using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>A push after all that can be done to it without looking at other pushes: its labels set, its own faults found.</summary>
internal sealed class PreparedPush
{
    /// <summary>PUT or POST.</summary>
    public required PushVerb Verb { get; init; }

    /// <summary>The group.</summary>
    public required Labels Grouping { get; init; }

    /// <summary>When it was received, Unix nanoseconds.</summary>
    public required long ReceivedUnixNano { get; init; }

    /// <summary>The families in canonical form, sorted by name.</summary>
    public required MetricFamily[] Families { get; init; }

    /// <summary>What <see cref="PushClock"/> keeps apart: one key for each set of labels on which the push books samples, the group's own
    /// first.</summary>
    public required ulong[] ClockKeys { get; init; }

    /// <summary>What it says beside its metrics; null for nothing.</summary>
    public PushTerms? Terms { get; set; }

    /// <summary>Whether it replaces single series, and not whole families.</summary>
    public bool IsBySeries => Terms?.BySeries == true;

    /// <summary>Who pushes.</summary>
    public PushClient? Client { get; set; }

    /// <summary>Why its time cannot be taken; null where it can.</summary>
    public string? TimeFault { get; set; }

    /// <summary>When the push happened, Unix nanoseconds.</summary>
    public long PushedUnixNano => Terms?.PushTimeUnixNano ?? ReceivedUnixNano;

    /// <summary>Why it is refused whatever other pushes say; null where nothing is wrong.</summary>
    public List<string>? Faults { get; init; }

    /// <summary>Which counter the faults belong to.</summary>
    public RejectReason FaultReason { get; init; } = RejectReason.Inconsistent;
}
