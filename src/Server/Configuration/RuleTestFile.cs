using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Rules;
using Tallygate.Rules.Testing;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads a file of unit tests of rules in promtool's format, and the rule files that it names.</summary>
public static class RuleTestFile
{
    /// <summary>Reads the file at <paramref name="path"/>; the suite is null where anything is wrong.</summary>
    /// <param name="ignoresUnknown">Whether keys that no test file and no rule file has are passed over.</param>
    public static RuleTestSuite? Read(string path, out IReadOnlyList<ConfigError> errors, bool ignoresUnknown = false)
    {
        var file = YamlFile.Read(path);
        file.IgnoresUnknown = ignoresUnknown;
        var root = YamlMap.Of(file, file.Root, "unitTestFile");
        var interval = root.Duration("evaluation_interval") is { } given && given > TimeSpan.Zero ? given : TimeSpan.FromMinutes(1);
        var problems = new List<ConfigError>();
        var rules = new List<RuleGroupDefinition>();
        foreach (var pattern in root.Texts("rule_files"))
        {
            foreach (var name in Glob.Expand(Path.GetDirectoryName(path) ?? "", pattern))
            {
                var rulesFile = YamlFile.Read(name);
                rulesFile.IgnoresUnknown = ignoresUnknown;
                var read = RuleFile.Read(rulesFile, new GlobalSettings(), new Engine(new EngineOptions(), TimeProvider.System));
                problems.AddRange(read.Errors);
                rules.AddRange(read.Groups);
            }
        }

        var order = root.Texts("group_eval_order");
        foreach (var repeated in order.GroupBy(static name => name).Where(static group => group.Count() > 1))
        {
            file.Fail(root.Place("group_eval_order"), $"group name repeated in evaluation order: {repeated.Key}");
        }

        var suite = new RuleTestSuite
        {
            EvaluationInterval = interval,
            FuzzyCompare = root.Bool("fuzzy_compare") ?? false,
            GroupOrder = order,
            Rules = rules,
            Tests = [.. root.Items("tests").Select(node => Test(YamlMap.Of(file, node, "testGroup"), interval))],
        };
        root.End();
        errors = [.. file.Errors, .. problems];
        return errors.Count == 0 ? suite : null;
    }

    private static RuleTest Test(YamlMap map, TimeSpan interval)
    {
        var test = new RuleTest
        {
            Name = map.Text("name") ?? "",
            Interval = map.Duration("interval") is { } given && given > TimeSpan.Zero ? given : interval,
            Start = Start(map),
            Series = [.. map.Items("input_series").Select(node => Series(YamlMap.Of(map.File, node, "series")))],
            ExternalLabels = LabelSection.Read(map, "external_labels"),
            ExternalUrl = map.Text("external_url") ?? "",
            Alerts = [.. map.Items("alert_rule_test").Select(node => Alert(YamlMap.Of(map.File, node, "alertTestCase")))],
            Queries = [.. map.Items("promql_expr_test").Select(node => Query(YamlMap.Of(map.File, node, "promqlTestCase")))],
        };
        map.End();
        return test;
    }

    private static long Start(YamlMap map)
    {
        var text = map.Text("start_timestamp");
        if (text is null)
        {
            return 0;
        }

        if (FloatText.TryParse(text, out var seconds))
        {
            return (long)(seconds * 1000);
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time.ToUnixTimeMilliseconds();
        }

        map.File.Fail(map.Place("start_timestamp"), $"start_timestamp must be Unix seconds or an RFC 3339 time, not \"{text}\"");
        return 0;
    }

    private static string Series(YamlMap map)
    {
        var line = $"{map.Text("series")} {map.Text("values")}";
        map.End();
        return line;
    }

    private static AlertExpectation Alert(YamlMap map)
    {
        var alerts = new List<(Labels, Labels)>();
        foreach (var node in map.Items("exp_alerts"))
        {
            var alert = YamlMap.Of(map.File, node, "alert");
            alerts.Add((LabelSection.Read(alert, "exp_labels"), LabelSection.Read(alert, "exp_annotations")));
            alert.End();
        }

        var expectation = new AlertExpectation(map.Duration("eval_time") ?? TimeSpan.Zero, map.Text("alertname") ?? "", alerts);
        map.End();
        return expectation;
    }

    private static QueryExpectation Query(YamlMap map)
    {
        var samples = new List<(string, double, string)>();
        foreach (var node in map.Items("exp_samples"))
        {
            var sample = YamlMap.Of(map.File, node, "sample");
            samples.Add((sample.Text("labels") ?? "", Value(sample), sample.Text("histogram") ?? ""));
            sample.End();
        }

        var expectation = new QueryExpectation(map.Duration("eval_time") ?? TimeSpan.Zero, map.Text("expr") ?? "", samples);
        map.End();
        return expectation;
    }

    private static double Value(YamlMap map)
    {
        var text = map.Text("value") ?? "0";

        // YAML writes infinity and NaN with a dot.
        if (FloatText.TryParse(text.Replace(".", text.AsSpan().ContainsAnyInRange('0', '9') ? "." : "", StringComparison.Ordinal), out var value))
        {
            return value;
        }

        map.File.Fail(map.Place("value"), $"value must be a number, not \"{text}\"");
        return 0;
    }
}
