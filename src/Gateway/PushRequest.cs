using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway;

/// <summary>One push as it came: parsed, but not judged.</summary>
/// <param name="Verb"><see cref="PushVerb.Replace"/> for PUT, <see cref="PushVerb.Merge"/> for POST.</param>
/// <param name="Grouping">The group's labels, as <see cref="GroupingPath"/> reads them.</param>
/// <param name="Families">
/// The families of the body as pushed: labels sorted, grouping labels not yet set. The gateway takes them over; of two families of one
/// name the later counts.
/// </param>
public sealed record PushRequest(PushVerb Verb, Labels Grouping, IReadOnlyList<MetricFamily> Families)
{
    /// <summary>What the client says beside; null where it says nothing.</summary>
    public PushNotes? Notes { get; init; }

    /// <summary>Who pushes; null where it is not known.</summary>
    public PushClient? Client { get; init; }
}
