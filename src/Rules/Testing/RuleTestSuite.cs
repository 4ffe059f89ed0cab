namespace Tallygate.Rules.Testing;

/// <summary>A file of unit tests of rules, as promtool reads them.</summary>
public sealed record RuleTestSuite
{
    /// <summary>The distance of evaluations, and of the steps of subqueries that name none.</summary>
    public TimeSpan EvaluationInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a float may be off by one unit in the last place.</summary>
    public bool FuzzyCompare { get; init; }

    /// <summary>Names of rule groups that are evaluated before all others, in this order.</summary>
    public IReadOnlyList<string> GroupOrder { get; init; } = [];

    /// <summary>The rules under test.</summary>
    public required IReadOnlyList<RuleGroupDefinition> Rules { get; init; }

    /// <summary>The tests.</summary>
    public required IReadOnlyList<RuleTest> Tests { get; init; }
}
