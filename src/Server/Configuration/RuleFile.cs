using Tallygate.PromQL;
using Tallygate.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads one rule file: strict keys, all errors at once, each with its place in the file.</summary>
public sealed class RuleFile
{
    private readonly List<RuleGroupDefinition> _groups = [];
    private readonly YamlFile _file;
    private readonly Dictionary<(string Group, int Rule), YamlMap> _places = [];

    private RuleFile(YamlFile file) => _file = file;

    /// <summary>The groups in file order.</summary>
    public IReadOnlyList<RuleGroupDefinition> Groups => _groups;

    /// <summary>What is wrong; empty where the file can be loaded.</summary>
    public IReadOnlyList<ConfigError> Errors => _file.Errors;

    /// <summary>What the author of the file should know.</summary>
    public IReadOnlyList<string> Warnings => _file.Warnings;

    /// <summary>Reads the file at <paramref name="path"/>; defaults come from <paramref name="global"/>.</summary>
    /// <param name="engine">The engine that would evaluate the rules: its settings decide which language they may use.</param>
    public static RuleFile Read(string path, GlobalSettings global, Engine engine) => Read(YamlFile.Read(path), global, engine);

    internal static RuleFile Read(YamlFile yaml, GlobalSettings global, Engine engine)
    {
        var file = new RuleFile(yaml);
        var root = YamlMap.Of(yaml, yaml.Root, "rule file");
        var names = new HashSet<string>();
        foreach (var item in root.Items("groups"))
        {
            file.Group(YamlMap.Of(yaml, item, "rule group"), global, names);
        }

        root.End();
        foreach (var group in file._groups)
        {
            // One group at a time: two groups of one name are told apart by their place, which only this reader knows.
            foreach (var problem in RuleCheck.Problems([group], engine))
            {
                file.Note(problem);
            }
        }

        return file;
    }

    private void Group(YamlMap map, GlobalSettings global, HashSet<string> names)
    {
        var name = map.Text("name") ?? "";
        if (name.Length > 0 && !names.Add(name))
        {
            _file.Fail(map.Get("name")!, $"groupname: \"{name}\" is repeated in the same file");
        }

        var interval = map.Duration("interval");
        var definition = new RuleGroupDefinition
        {
            File = _file.Name,
            Name = name,
            Interval = interval is { } given && given > TimeSpan.Zero ? given : global.EvaluationInterval,
            Limit = (int)Math.Clamp(map.Whole("limit") ?? 0, 0, int.MaxValue),
            QueryOffset = map.Duration("query_offset") ?? global.RuleQueryOffset,
            Labels = LabelSection.Read(map, "labels"),
            Rules = [.. map.Items("rules").Select((node, i) => Rule(name, i + 1, node))],
        };
        map.End();
        _places.TryAdd((name, 0), map);
        _groups.Add(definition);
    }

    private RuleDefinition Rule(string group, int number, YamlNode node)
    {
        var map = YamlMap.Of(_file, node, "rule");
        _places.TryAdd((group, number), map);
        var rule = new RuleDefinition
        {
            Record = map.Text("record") ?? "",
            Alert = map.Text("alert") ?? "",
            Expr = map.Text("expr") ?? "",
            For = map.Duration("for") ?? TimeSpan.Zero,
            KeepFiringFor = map.Duration("keep_firing_for") ?? TimeSpan.Zero,
            Labels = LabelSection.Read(map, "labels"),
            Annotations = LabelSection.Read(map, "annotations"),
        };
        map.End();
        if (map.Get("expr") is YamlScalarNode { Style: ScalarStyle.Folded } expr && FoldedComment.Swallows(_file.Text, expr))
        {
            _file.Warn($"{_file.Name}:{expr.Start.Line}: group \"{group}\", rule {number}: a # comment swallows the lines after it, "
                + "because \">\" folds them into one line; write \"expr: |\"");
        }

        return rule;
    }

    private void Note(RuleProblem problem)
    {
        var map = _places[(problem.Group, problem.Rule)];
        var place = map.Get(problem.Field) ?? map.Place(problem.Field);
        var who = problem.Rule == 0
            ? $"group \"{problem.Group}\""
            : $"group \"{problem.Group}\", rule {problem.Rule}, \"{problem.RuleName}\"";
        _file.Fail(place, $"{who}: {problem.Message}");
    }
}
