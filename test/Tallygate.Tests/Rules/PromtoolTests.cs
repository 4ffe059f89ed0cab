using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.Rules;

namespace Tallygate.Tests.Rules;

/// <summary>
/// Prometheus's own rule engine as the oracle: it plays the scraped series of a history and must come to our figures. Debian's promtool has
/// windows that are closed on the left too, so scrapes and evaluations have different phases: no sample lies on an edge.
/// </summary>
public class PromtoolTests
{
    private const string Promtool = "/usr/bin/promtool";
    private const long ScrapeInterval = 15_000;
    private const long ScrapePhase = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Promtool_comes_to_the_same_figures_for_the_same_scrapes(int seed)
    {
        Assert.SkipUnless(File.Exists(Promtool), "promtool is not installed");
        var random = new Random(seed);
        var simulation = new RecipeSimulation(
            Recipe.Group(TimeSpan.FromMilliseconds(ScrapeInterval), TimeSpan.Zero), ScrapeInterval, ScrapePhase);
        const long End = 40 * 60_000;
        for (var time = 20_000L; time < End; time += random.Next(1, 120) * 1000)
        {
            switch (random.Next(12))
            {
                case 0:
                    simulation.DeleteGroup(time);
                    break;
                case 1:
                    simulation.FailScrapes(time, time + (random.Next(1, 400) * 1000));
                    break;
                default:
                    simulation.Push(time, random.Next(1, 1000));
                    break;
            }
        }

        simulation.Run(End);
        var figures = new Dictionary<string, double?>();
        foreach (var query in (string[])[
            "sum(sum_over_time(records_processed_dedupe[1d]))",
            "count(count_over_time(records_processed_dedupe[1d]))",
            "sum(count_over_time(records_processed_dedupe[1d]))",
            "sum(sum_over_time(last_push_time_seconds[1d]))",
            "sum(sum_over_time(records_processed[1d]))",
        ])
        {
            figures[query] = simulation.Ask(query, End);
        }

        Run(simulation, figures, End);
    }

    private static void Run(RecipeSimulation simulation, Dictionary<string, double?> figures, long end)
    {
        var folder = Directory.CreateTempSubdirectory("tallygate-promtool");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "rules.yml"), RuleFile());
            File.WriteAllText(Path.Combine(folder.FullName, "test.yml"), TestFile(simulation, figures, end));
            using var process = Process.Start(new ProcessStartInfo(Promtool, ["test", "rules", "test.yml"])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, output + errors.Result);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string RuleFile()
    {
        var text = new StringBuilder("groups:\n  - name: example\n    rules:\n");
        foreach (var rule in (RuleDefinition[])[Recipe.Dedupe, Recipe.LastPush])
        {
            text.Append(CultureInfo.InvariantCulture, $"      - record: {rule.Record}\n        expr: |\n          ");
            text.Append(rule.Expr.ReplaceLineEndings("\n          ")).Append('\n');
        }

        return text.ToString();
    }

    private static string TestFile(RecipeSimulation simulation, Dictionary<string, double?> figures, long end)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            rule_files: [rules.yml]
            evaluation_interval: {ScrapeInterval / 1000}s
            tests:
              - interval: {ScrapePhase / 1000}s
                input_series:

            """);
        foreach (var series in simulation.Scraped.GroupBy(static s => s.Labels))
        {
            var byTime = series.ToDictionary(static s => s.Time, static s => s.Value);
            text.Append($"      - series: '{Notation(series.Key)}'\n        values: '");
            for (long time = 0; time <= end; time += ScrapePhase)
            {
                text.Append(byTime.TryGetValue(time, out var value)
                    ? StaleMarker.Is(value) ? "stale " : value.ToString("R", CultureInfo.InvariantCulture) + " "
                    : "_ ");
            }

            text.Append("'\n");
        }

        text.Append("    promql_expr_test:\n");
        foreach (var (query, figure) in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"      - expr: {query}\n        eval_time: {end / 1000}s\n        exp_samples:");
            text.Append(figure is null
                ? " []\n"
                : string.Create(CultureInfo.InvariantCulture, $"\n          - labels: '{{}}'\n            value: {figure:R}\n"));
        }

        return text.ToString();
    }

    private static string Notation(Labels labels) => labels.Name + labels.WithoutName();
}
