namespace Tallygate.Rules;

/// <summary>How one evaluation of a rule went.</summary>
/// <param name="Health">Whether it went well.</param>
/// <param name="LastError">Why not; empty where it did.</param>
/// <param name="LastEvaluation">When it began, Unix ms; null: never.</param>
/// <param name="EvaluationTime">How long it took.</param>
public sealed record RuleEvaluation(RuleHealth Health, string LastError, long? LastEvaluation, TimeSpan EvaluationTime)
{
    /// <summary>That of a rule that was never evaluated.</summary>
    public static readonly RuleEvaluation Never = new(RuleHealth.Unknown, "", null, TimeSpan.Zero);
}
