namespace Tallygate.Cli.Demo;

/// <summary>The known remedy: two recording rules over <c>push_time_seconds</c>, as they are printed, and the queries of the three ways to count.</summary>
internal static class DemoRecipe
{
    /// <summary>The rule file.</summary>
    public const string RuleFile = """
        groups:
          - name: example
            rules:
              - record: records_processed_dedupe
                expr: >
                  ( records_processed
                    and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"} )
                  or push_time_seconds{job="myjob"} * 0
              - record: last_push_time_seconds
                expr: max_over_time(push_time_seconds{job="myjob"}[5m])

        """;

    /// <summary>The configuration that names the rule file.</summary>
    public const string Configuration = """
        global:
          scrape_interval: 15s
          evaluation_interval: 15s
        rule_files: [recipe.yml]

        """;

    /// <summary>Each way to count: its name and its PromQL.</summary>
    public static IReadOnlyList<(string Name, string Expr)> Methods { get; } =
    [
        ("naive", "sum_over_time(records_processed[1d])"),
        ("recipe", "sum_over_time(records_processed_dedupe[1d])"),
        ("pushed", "sum_over_time(records_processed:pushed[1d])"),
    ];
}
