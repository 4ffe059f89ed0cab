namespace Tallygate.Gateway.Ingest;

/// <summary>Why a push was not taken: the label of a counter.</summary>
public enum RejectReason
{
    /// <summary>The grouping labels are invalid or clash with another group's; no trace is left.</summary>
    GroupingLabels,

    /// <summary>A sample carries a timestamp.</summary>
    Timestamps,

    /// <summary>The metrics are invalid, or inconsistent with those of other groups or the gateway's own.</summary>
    Inconsistent,

    /// <summary>The group's stamps would lead the clock by more than a second.</summary>
    TooFast,

    /// <summary>The idempotency key was used for another push.</summary>
    KeyReused,

    /// <summary>The run of the push has ended.</summary>
    RunEnded,

    /// <summary>The time of the push lies too far back or ahead.</summary>
    OutsideWindow,

    /// <summary>The push log could not make it durable, or the gateway was stopping.</summary>
    NotDurable,
}
