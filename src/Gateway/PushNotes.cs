using Tallygate.PushLog;

namespace Tallygate.Gateway;

/// <summary>What a client says about a push beside its group and metrics: the optional headers, read.</summary>
public sealed record PushNotes
{
    /// <summary>The most bytes of a key or a run's id.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Of pushes to a group with the same key only the first is booked. Null: none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The run that the push is a revision of; null where the push is a run of its own.</summary>
    public string? RunId { get; init; }

    /// <summary>How the run stands; <see cref="RunState.Finished"/> and <see cref="RunState.Failed"/> end it.</summary>
    public RunState State { get; init; }

    /// <summary>When the push happened, Unix nanoseconds; null: now.</summary>
    public long? PushTimeUnixNano { get; init; }

    /// <summary>How long the group's values last if no other push comes; null: the push does not say.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Whether a POST replaces single series, and not whole families.</summary>
    public bool BySeries { get; init; }
}
