namespace Tallygate.PushLog;

/// <summary>What a push says beside its group and its metrics; absent from most. Immutable.</summary>
public sealed record PushTerms
{
    /// <summary>The idempotency key: of pushes with the same one only the first is booked. Null: none.</summary>
    public PushKey? Key { get; init; }

    /// <summary>The run that the push is a revision of; null where the push is a run of its own.</summary>
    public string? RunId { get; init; }

    /// <summary>How the run stands after the push.</summary>
    public RunState State { get; init; }

    /// <summary>When the push happened by the client's clock, Unix nanoseconds; null where it came at once.</summary>
    public long? PushTimeUnixNano { get; init; }

    /// <summary>How long the group's values last if no other push comes, milliseconds; null where the push does not say.</summary>
    public long? TimeToLiveMs { get; init; }

    /// <summary>Whether a <see cref="PushVerb.Merge"/> replaces single series of a family, and not the family whole.</summary>
    public bool BySeries { get; init; }
}
