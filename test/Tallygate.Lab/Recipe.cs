using Tallygate.Rules;

namespace Tallygate.Lab;

/// <summary>The known recipe: two recording rules over <c>push_time_seconds</c>, in this order, in one group.</summary>
internal static class Recipe
{
    public static RuleGroupDefinition Group { get; } = new()
    {
        File = "recipe.yml",
        Name = "example",
        Interval = TimeSpan.FromMilliseconds(World.IntervalMs),
        Phase = TimeSpan.Zero,
        Rules =
        [
            new RuleDefinition
            {
                Record = "records_processed_dedupe",
                Expr = """
                    (records_processed and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"})
                    or push_time_seconds{job="myjob"} * 0
                    """,
            },
            new RuleDefinition { Record = "last_push_time_seconds", Expr = "max_over_time(push_time_seconds{job=\"myjob\"}[5m])" },
        ],
    };
}
