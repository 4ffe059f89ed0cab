namespace Tallygate.Rules;

/// <summary>One group as the API and the metrics show it. Immutable; its rules are those of one iteration.</summary>
/// <param name="Definition">The group as written.</param>
/// <param name="Rules">The rules in file order.</param>
/// <param name="Statistics">What the group did.</param>
public sealed record RuleGroupStatus(RuleGroupDefinition Definition, IReadOnlyList<RuleStatus> Rules, RuleGroupStatistics Statistics);
