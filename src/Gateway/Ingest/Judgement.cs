using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>What the judge decided about one request.</summary>
/// <param name="Record">What the log is to hold of it; null for nothing.</param>
/// <param name="Outcome">The answer, once the record is durable.</param>
/// <param name="Reason">Why it was refused; null where it was not.</param>
internal readonly record struct Judgement(PushRecord? Record, PushOutcome Outcome, RejectReason? Reason = null)
{
    /// <summary>What the log is to hold before the record: the runs that end because of it. Null for nothing.</summary>
    public IReadOnlyList<PushRecord>? Before { get; init; }
}
