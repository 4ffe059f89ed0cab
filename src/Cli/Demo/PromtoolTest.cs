using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.Storage;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Cli.Demo;

/// <summary>
/// Writes the sampled series of the demo's day as a unit test for <c>promtool test rules</c>, together with the recipe: a second, independent
/// engine then says whether the recipe's figure is what the recipe gives.
/// </summary>
internal static class PromtoolTest
{
    private const long StepMs = 1000;

    /// <summary>Writes <c>recipe.yml</c> and <c>demo-test.yml</c> into the folder, which is made if it is missing.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="recipe">The rule file.</param>
    /// <param name="storage">Where the sampled series are.</param>
    /// <param name="startMs">When the day began, Unix milliseconds.</param>
    /// <param name="method">The recipe's figure, which the test expects.</param>
    public static void Write(string folder, string recipe, IQueryableStorage storage, long startMs, DemoMethod method)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yml"), recipe);
        var text = new StringBuilder();
        text.Append("rule_files: [recipe.yml]\nevaluation_interval: ").Append(DemoDay.IntervalMs / 1000).Append("s\ntests:\n");
        text.Append("  - interval: ").Append(StepMs / 1000).Append("s\n    input_series:\n");
        foreach (var name in (string[])["records_processed", "push_time_seconds"])
        {
            AppendSeries(text, storage, name, startMs);
        }

        text.Append("    promql_expr_test:\n      - expr: sum(").Append(method.Expr).Append(")\n        eval_time: ");
        text.Append(DemoDay.LengthMs / 1000).Append("s\n        exp_samples:\n          - labels: '{}'\n            value: ");
        text.Append(method.Value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        File.WriteAllText(Path.Combine(folder, "demo-test.yml"), text.ToString());
    }

    private static void AppendSeries(StringBuilder text, IQueryableStorage storage, string name, long startMs)
    {
        using var querier = storage.Querier(startMs, startMs + DemoDay.LengthMs);
        var set = querier.Select(sorted: true, null, [new LabelMatcher(MatchType.Equal, Labels.MetricName, name)]);
        var times = new long[1024];
        var values = new double[1024];
        while (set.MoveNext())
        {
            var labels = set.Current.Labels;
            text.Append("      - series: '").Append(labels.Name).Append(labels.WithoutName()).Append("'\n        values: '");
            var cursor = set.Current.Samples(startMs, startMs + DemoDay.LengthMs);
            var next = 0L;
            for (var read = cursor.Read(times, values); read > 0; read = cursor.Read(times, values))
            {
                for (var i = 0; i < read; i++)
                {
                    var slot = (times[i] - startMs) / StepMs;
                    if (slot > next)
                    {
                        text.Append("_x").Append(slot - next).Append(' ');
                    }

                    text.Append(StaleMarker.Is(values[i]) ? "stale" : values[i].ToString("R", CultureInfo.InvariantCulture)).Append(' ');
                    next = slot + 1;
                }
            }

            text.Length--;
            text.Append("'\n");
        }
    }
}
