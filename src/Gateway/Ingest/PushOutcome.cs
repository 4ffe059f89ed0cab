namespace Tallygate.Gateway.Ingest;

/// <summary>What became of a push, a deletion or a wipe.</summary>
/// <param name="Status">
/// The HTTP status: 200 (202 for deletions, wipes and unchecked pushes): durable and visible; 400: refused; 429: too many pushes
/// of the group within a second, or later stamps that it used before the clock was set back; 409: its run has ended; 422: its key was used for another push;
/// 503: it could not be made durable, or the gateway is stopping.
/// </param>
/// <param name="Error">The text of the answer, without the final line feed; null where the body is empty.</param>
/// <param name="RetryAfterSeconds">With 429 and 503: when to come again.</param>
public readonly record struct PushOutcome(int Status, string? Error = null, int? RetryAfterSeconds = null)
{
    /// <summary>Whether this is the answer to an earlier push with the same idempotency key; nothing was booked now.</summary>
    public bool Replayed { get; init; }

    /// <summary>The series that the group showed before and no longer shows because of the push; null for none.</summary>
    public DroppedSeries? Dropped { get; init; }

    /// <summary>Whether the push is booked.</summary>
    public bool IsSuccess => Status is 200 or 202;
}
