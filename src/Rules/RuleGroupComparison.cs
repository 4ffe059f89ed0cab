namespace Tallygate.Rules;

/// <summary>Whether a reload leaves a group as it is.</summary>
internal static class RuleGroupComparison
{
    /// <summary>Whether two definitions say the same.</summary>
    public static bool AreEqual(RuleGroupDefinition a, RuleGroupDefinition b) =>
        // Records compare lists by reference; with one and the same list the rest is compared.
        a.Rules.SequenceEqual(b.Rules) && a == b with { Rules = a.Rules };
}
