namespace Tallygate.Gateway;

/// <summary>The gateway's counters since the start, as they stand now.</summary>
public sealed record GatewayStats
{
    /// <summary>PUTs booked.</summary>
    public long ReplacesAccepted { get; init; }

    /// <summary>POSTs booked.</summary>
    public long MergesAccepted { get; init; }

    /// <summary>Deletions of groups that were there.</summary>
    public long Deletes { get; init; }

    /// <summary>Wipes.</summary>
    public long Wipes { get; init; }

    /// <summary>Pushes refused for their grouping labels.</summary>
    public long RejectedGroupingLabels { get; init; }

    /// <summary>Pushes refused for timestamps.</summary>
    public long RejectedTimestamps { get; init; }

    /// <summary>Pushes refused as invalid or inconsistent.</summary>
    public long RejectedInconsistent { get; init; }

    /// <summary>Pushes refused because their group is pushed too fast, or has used later stamps before the clock was set back.</summary>
    public long RejectedTooFast { get; init; }

    /// <summary>Pushes refused because their idempotency key was used for another push.</summary>
    public long RejectedKeyReused { get; init; }

    /// <summary>Pushes refused because their run has ended.</summary>
    public long RejectedRunEnded { get; init; }

    /// <summary>Pushes refused because their time lies too far back or ahead.</summary>
    public long RejectedOutsideWindow { get; init; }

    /// <summary>Pushes answered as before, because their idempotency key was known.</summary>
    public long Replayed { get; init; }

    /// <summary>Pushes booked that brought a time of their own.</summary>
    public long Late { get; init; }

    /// <summary>Runs that ended without a word from their job.</summary>
    public long RunsAbandoned { get; init; }

    /// <summary>Groups whose values went because their time was over.</summary>
    public long Expired { get; init; }

    /// <summary>Runs that are open now.</summary>
    public int OpenRuns { get; init; }

    /// <summary>Idempotency keys that are remembered now.</summary>
    public int IdempotencyKeys { get; init; }

    /// <summary>Idempotency keys that were forgotten before their time, because there were too many.</summary>
    public long IdempotencyKeysEvicted { get; init; }

    /// <summary>Pushes that could not be made durable.</summary>
    public long NotDurable { get; init; }

    /// <summary>Refused pushes that stand in the log only as a number.</summary>
    public long RejectionsSuppressed { get; init; }

    /// <summary>Appends to the log that failed.</summary>
    public long LogFailures { get; init; }

    /// <summary>Appends to the log that succeeded: pushes per batch is what shares one sync.</summary>
    public long Batches { get; init; }

    /// <summary>Pushed samples that the store refused, two labels sets having been one without their empty labels.</summary>
    public long SamplesRefused { get; init; }

    /// <summary>Samples booked in the pushed series.</summary>
    public long SamplesBooked { get; init; }

    /// <summary>Pushes that wait for the writer now.</summary>
    public int QueueLength { get; init; }

    /// <summary>How many may wait.</summary>
    public int QueueCapacity { get; init; }

    /// <summary>Groups now.</summary>
    public int Groups { get; init; }

    /// <summary>The last entry of the log.</summary>
    public long Position { get; init; }
}
