using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Parsing;
using Tallygate.Rules.Alerting;

namespace Tallygate.Rules;

/// <summary>What Prometheus demands of rule groups beside the shape of the file. Stateless and thread-safe.</summary>
public static class RuleCheck
{
    /// <summary>The end of the names of pushed series, which only pushes may write.</summary>
    private const string PushedSuffix = ":pushed";

    /// <summary>All that is wrong with the groups, in file order; empty where they can be loaded.</summary>
    /// <param name="engine">The engine that would evaluate them: its settings decide which language they may use.</param>
    public static IReadOnlyList<RuleProblem> Problems(IReadOnlyList<RuleGroupDefinition> groups, Engine engine)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(engine);
        var problems = new List<RuleProblem>();
        var names = new HashSet<(string, string)>();
        foreach (var group in groups)
        {
            void Add(string field, string message) => problems.Add(new RuleProblem(group.File, group.Name, 0, "", field, message));
            if (group.Name.Length == 0)
            {
                Add("name", "Groupname must not be empty");
            }
            else if (!names.Add((group.File, group.Name)))
            {
                Add("name", $"groupname: {GoQuote.Quote(group.Name)} is repeated in the same file");
            }

            if (group.Interval < TimeSpan.FromMilliseconds(1))
            {
                Add("interval", "the interval must be at least 1ms");
            }

            CheckLabelNames(group.Labels, Add);
            for (var i = 0; i < group.Rules.Count; i++)
            {
                var rule = group.Rules[i];
                var number = i + 1;
                CheckRule(rule, engine, (field, message) => problems.Add(
                    new RuleProblem(group.File, group.Name, number, rule.Name, field, message)));
            }
        }

        return problems;
    }

    private static void CheckRule(RuleDefinition rule, Engine engine, Action<string, string> add)
    {
        if (rule.Record.Length > 0 && rule.Alert.Length > 0)
        {
            add("record", "only one of 'record' and 'alert' must be set");
        }
        else if (rule.Name.Length == 0)
        {
            add("record", "one of 'record' or 'alert' must be set");
        }

        CheckExpression(rule.Expr, engine, add);
        if (rule.Record.Length > 0)
        {
            CheckRecording(rule, add);
        }

        CheckLabelNames(rule.Labels, add);
        foreach (ref readonly var annotation in rule.Annotations.AsSpan())
        {
            if (!NameValidation.IsUtf8Name(annotation.Name))
            {
                add("annotations", $"invalid annotation name: {annotation.Name}");
            }
        }

        if (rule.Alert.Length > 0)
        {
            CheckTemplates(rule, rule.Labels, "labels", "label", add);
            CheckTemplates(rule, rule.Annotations, "annotations", "annotation", add);
        }
    }

    private static void CheckExpression(string expr, Engine engine, Action<string, string> add)
    {
        if (expr.Length == 0)
        {
            add("expr", "field 'expr' must be set in rule");
            return;
        }

        if (!Parser.TryParseExpr(expr, engine.ParserOptions, out _, out var errors))
        {
            add("expr", $"could not parse expression: {errors[0]}");
        }
    }

    private static void CheckRecording(RuleDefinition rule, Action<string, string> add)
    {
        if (rule.Annotations.Count > 0)
        {
            add("annotations", "invalid field 'annotations' in recording rule");
        }

        if (rule.For != TimeSpan.Zero)
        {
            add("for", "invalid field 'for' in recording rule");
        }

        if (rule.KeepFiringFor != TimeSpan.Zero)
        {
            add("keep_firing_for", "invalid field 'keep_firing_for' in recording rule");
        }

        if (!NameValidation.IsUtf8Name(rule.Record))
        {
            add("record", $"invalid recording rule name: {rule.Record}");
        }
        else if (rule.Record.AsSpan().ContainsAny('{', '}'))
        {
            add("record", $"braces present in the recording rule name; should it be in expr?: {rule.Record}");
        }
        else if (rule.Record.EndsWith(PushedSuffix, StringComparison.Ordinal))
        {
            add("record", $"names that end in {PushedSuffix} are those of pushed series, which no rule may write: {rule.Record}");
        }
    }

    private static void CheckLabelNames(Labels labels, Action<string, string> add)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (!NameValidation.IsUtf8Name(label.Name) || label.Name == Labels.MetricName)
            {
                add("labels", $"invalid label name: {label.Name}");
            }
        }
    }

    private static void CheckTemplates(RuleDefinition rule, Labels texts, string field, string word, Action<string, string> add)
    {
        foreach (ref readonly var text in texts.AsSpan())
        {
            if (new TemplateText(rule.Alert, text.Value).Problem is { } problem)
            {
                add(field, $"{word} {GoQuote.Quote(text.Name)}: {problem}");
            }
        }
    }
}
