using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Rules;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>
/// Reads <c>prometheus.yml</c> and the rule files that it names. Unknown keys are errors; all errors of all files come at once, each with
/// file, line and column.
/// </summary>
public static class ConfigFile
{
    /// <summary>Reads the file at <paramref name="path"/>. Where anything is wrong nothing is loaded.</summary>
    /// <param name="engine">The engine that would evaluate the rules.</param>
    public static bool TryLoad(string path, Engine engine, out LoadedConfig config, out IReadOnlyList<ConfigError> errors)
    {
        var file = YamlFile.Read(path);
        var secrets = new List<YamlNode>();
        var root = YamlMap.Of(file, file.Root, "config");
        var global = Global(path, root.Map("global", "global"));
        var scrapes = new ScrapeSection(file, global, secrets).Read(root.Items("scrape_configs"));
        var problems = new List<ConfigError>();
        var warnings = new List<string>();
        var groups = RuleGroups(path, root, global, engine, problems, warnings);
        var gateway = GatewaySection.Read(root.Map("gateway", "gateway"));
        var (maxExemplars, lateWindow) = StorageSection.Read(root.Map("storage", "storage"));
        NotYet(root);
        root.End();

        problems.InsertRange(0, file.Errors);
        errors = problems;
        config = problems.Count > 0
            ? LoadedConfig.Empty
            : new LoadedConfig
            {
                Global = global,
                Scrapes = scrapes,
                RuleGroups = groups,
                Gateway = gateway,
                MaxExemplars = maxExemplars,
                OutOfOrderWindow = lateWindow,
                Yaml = Hide(file.Text, secrets),
                Warnings = [.. file.Warnings, .. warnings],
            };
        return problems.Count == 0;
    }

    private static GlobalSettings Global(string path, YamlMap map)
    {
        var defaults = new GlobalSettings();
        var interval = Positive(map, "scrape_interval", defaults.ScrapeInterval);
        var timeout = map.Duration("scrape_timeout");
        if (timeout > interval)
        {
            map.File.Fail(map.Place("scrape_timeout"), "global scrape timeout greater than scrape interval");
        }

        var settings = defaults with
        {
            ScrapeInterval = interval,
            ScrapeTimeout = timeout ?? (defaults.ScrapeTimeout < interval ? defaults.ScrapeTimeout : interval),
            EvaluationInterval = Positive(map, "evaluation_interval", defaults.EvaluationInterval),
            RuleQueryOffset = map.Duration("rule_query_offset") ?? TimeSpan.Zero,
            ExternalLabels = LabelSection.Read(map, "external_labels"),
            QueryLogFile = map.Text("query_log_file") is { Length: > 0 } log ? Path.Combine(Path.GetDirectoryName(path) ?? "", log) : "",
            ScrapeProtocols = map.Has("scrape_protocols") ? map.Texts("scrape_protocols") : null,
            ScrapeNativeHistograms = map.Bool("scrape_native_histograms") ?? false,
            AlwaysScrapeClassicHistograms = map.Bool("always_scrape_classic_histograms") ?? false,
        };
        if (settings.ScrapeProtocols is { } protocols && Scrape.ScrapeProtocols.Problem(protocols) is { } problem)
        {
            map.File.Fail(map.Place("scrape_protocols"), $"{problem} for global config");
            settings = settings with { ScrapeProtocols = null };
        }

        map.NotYet("scrape_failure_log_file", "body_size_limit", "sample_limit", "label_limit", "label_name_length_limit",
            "label_value_length_limit", "target_limit", "keep_dropped_targets", "metric_name_validation_scheme", "metric_name_escaping_scheme");
        map.End();
        return settings;
    }

    private static TimeSpan Positive(YamlMap map, string key, TimeSpan otherwise)
    {
        if (map.Duration(key) is not { } duration)
        {
            return otherwise;
        }

        if (duration > TimeSpan.Zero)
        {
            return duration;
        }

        map.File.Fail(map.Get(key)!, $"{key} must be greater than 0");
        return otherwise;
    }

    private static List<RuleGroupDefinition> RuleGroups(
        string path, YamlMap root, GlobalSettings global, Engine engine, List<ConfigError> problems, List<string> warnings)
    {
        var groups = new List<RuleGroupDefinition>();
        var seen = new HashSet<string>();
        foreach (var pattern in root.Texts("rule_files"))
        {
            var names = Glob.Expand(Path.GetDirectoryName(path) ?? "", pattern);
            if (names.Count == 0)
            {
                warnings.Add($"{path}: no rule file matches {pattern}");
            }

            foreach (var name in names.Where(seen.Add))
            {
                var rules = RuleFile.Read(name, global, engine);
                groups.AddRange(rules.Groups);
                problems.AddRange(rules.Errors);
                warnings.AddRange(rules.Warnings);
            }
        }

        return groups;
    }

    private static void NotYet(YamlMap root)
    {
        root.NotYet("remote_write", "remote_read", "scrape_config_files");

        // These stand in many files and change nothing in what is stored and answered: the server runs, and says what it leaves out.
        foreach (var key in (string[])["alerting", "tracing", "otlp", "runtime"])
        {
            if (root.Get(key) is { } node)
            {
                root.File.Warn($"{root.File.Name}:{node.Start.Line}: the section {key} is not supported yet and is ignored");
            }
        }
    }

    private static string Hide(string text, List<YamlNode> secrets)
    {
        foreach (var secret in secrets.OrderByDescending(s => s.Start.Index))
        {
            text = string.Concat(text.AsSpan(0, (int)secret.Start.Index), "<secret>", text.AsSpan((int)secret.End.Index));
        }

        return text;
    }
}
