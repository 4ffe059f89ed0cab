using Tallygate.Rules;

namespace Tallygate.Tests.Rules;

/// <summary>The pair of rules that <c>product.md</c> prints, to the letter.</summary>
internal static class Recipe
{
    public const string DedupeName = "records_processed_dedupe";
    public const string LastPushName = "last_push_time_seconds";

    public const string DedupeExpr =
        """
        ( records_processed
          and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"} )
        or push_time_seconds{job="myjob"} * 0
        """;

    public const string LastPushExpr = """max_over_time(push_time_seconds{job="myjob"}[5m])""";

    public const string Sum = "sum(sum_over_time(records_processed_dedupe[1d]))";

    public static RuleDefinition Dedupe => new() { Record = DedupeName, Expr = DedupeExpr };

    public static RuleDefinition LastPush => new() { Record = LastPushName, Expr = LastPushExpr };

    public static RuleGroupDefinition Group(TimeSpan interval, TimeSpan phase, params RuleDefinition[] rules) => new()
    {
        File = "recipe.yml",
        Name = "example",
        Interval = interval,
        Phase = phase,
        Rules = rules.Length > 0 ? rules : [Dedupe, LastPush],
    };
}
