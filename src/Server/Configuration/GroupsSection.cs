using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads <c>gateway.groups</c>: what holds for the groups that a selector picks.</summary>
internal static class GroupsSection
{
    public static IReadOnlyList<GroupRule> Read(YamlMap gateway)
    {
        var rules = new List<GroupRule>();
        foreach (var item in gateway.Items("groups"))
        {
            if (Rule(YamlMap.Of(gateway.File, item, "group rule"), item) is { } rule)
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    private static GroupRule? Rule(YamlMap map, YamlNode item)
    {
        var text = map.Text("match");
        var life = map.Duration("ttl");
        map.End();
        if (text is null || life is null)
        {
            if (text is null || map.Get("ttl") is null)
            {
                map.File.Fail(item, text is null ? "a group rule needs a selector of grouping labels: match" : "a group rule needs how long values last: ttl");
            }

            return null;
        }

        if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
        {
            map.File.Fail(map.Get("match")!, $"match: {errors[0].Message}");
            return null;
        }

        if (matchers.Any(static m => m.Name == Labels.MetricName))
        {
            map.File.Fail(map.Get("match")!, "match: a group is picked by its labels and has no name: {job=\"nightly\"}");
            return null;
        }

        return new GroupRule { Matchers = matchers, TimeToLive = life.Value };
    }
}
