using Tallygate.Rules;

namespace Tallygate.Lab;

/// <summary>The known recipe: two recording rules over <c>push_time_seconds</c>, in this order, in one group.</summary>
internal static class Recipe
{
    private static readonly RuleDefinition Dedupe = new()
    {
        Record = "records_processed_dedupe",
        Expr = """
            (records_processed and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"})
            or push_time_seconds{job="myjob"} * 0
            """,
    };

    private static readonly RuleDefinition LastPush = new() { Record = "last_push_time_seconds", Expr = "max_over_time(push_time_seconds{job=\"myjob\"}[5m])" };

    /// <summary>The rule groups of a set-up.</summary>
    /// <param name="name">The name of the first group; a reload may change it.</param>
    public static IReadOnlyList<RuleGroupDefinition> Of(RecipeForm form, string name = "example") => form switch
    {
        RecipeForm.Reversed => [Group(name, 0, LastPush, Dedupe)],
        RecipeForm.Apart => [Group(name, World.IntervalMs / 2, Dedupe), Group("last", 0, LastPush)],
        RecipeForm.Unhonored => [Group(name, 0, Elsewhere(Dedupe), Elsewhere(LastPush))],
        RecipeForm.Repaired => [Group(name, 0, Repaired, LastPush)],
        _ => [Group(name, 0, Dedupe, LastPush)],
    };

    private static RuleDefinition Repaired { get; } = new()
    {
        Record = Dedupe.Record,
        Expr = """
            (records_processed and on(job, batch, instance) (last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"}))
            or records_processed * 0
            """,
    };

    /// <summary>
    /// Where labels are not honored, what was pushed for myjob has the gateway's job, and the rules find nothing; here they ask for a job that
    /// is not there.
    /// </summary>
    private static RuleDefinition Elsewhere(RuleDefinition rule) => rule with { Expr = rule.Expr.Replace("myjob", "exported", StringComparison.Ordinal) };

    private static RuleGroupDefinition Group(string name, long phaseMs, params RuleDefinition[] rules) => new()
    {
        File = "recipe.yml",
        Name = name,
        Interval = TimeSpan.FromMilliseconds(World.IntervalMs),
        Phase = TimeSpan.FromMilliseconds(phaseMs),
        Rules = rules,
    };
}
