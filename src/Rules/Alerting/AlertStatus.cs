using Tallygate.Model;

namespace Tallygate.Rules.Alerting;

/// <summary>One alert as the API shows it, and as a notification says it. Immutable. Times are Unix milliseconds.</summary>
/// <param name="Labels">Its labels, <c>alertname</c> among them.</param>
/// <param name="Annotations">Its annotations, expanded.</param>
/// <param name="State">Pending or firing; inactive for one that is resolved and still to be told of.</param>
/// <param name="Value">The expression's latest value.</param>
/// <param name="ActiveAt">Since when the expression returns it.</param>
/// <param name="FiredAt">Since when it fires; null: it never did.</param>
/// <param name="KeepFiringSince">Since when it fires only by <c>keep_firing_for</c>; null: it does not.</param>
/// <param name="ResolvedAt">When it ended; null: it has not.</param>
public sealed record AlertStatus(
    Labels Labels,
    Labels Annotations,
    AlertState State,
    double Value,
    long ActiveAt,
    long? FiredAt,
    long? KeepFiringSince,
    long? ResolvedAt);
