using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads <c>gateway.totals</c>: which running totals are kept.</summary>
internal static class TotalsSection
{
    public static IReadOnlyList<TotalRule> Read(YamlMap gateway)
    {
        var rules = new List<TotalRule>();
        var seen = new HashSet<string>();
        foreach (var item in gateway.Items("totals"))
        {
            if (Rule(YamlMap.Of(gateway.File, item, "total"), item) is { } rule)
            {
                rules.Add(rule);
                if (!seen.Add(rule.ToString()))
                {
                    gateway.File.Fail(item, "the same total is declared twice");
                }
            }
        }

        return rules;
    }

    private static TotalRule? Rule(YamlMap map, YamlNode item)
    {
        var file = map.File;
        var matchers = Matchers(map, item);
        var kind = map.Text("kind");
        var by = map.Texts("by");
        var without = map.Texts("without");
        if (map.Has("by") && map.Has("without"))
        {
            file.Fail(map.Place("by"), "a total has either by or without");
        }

        if (kind is not (null or "sum" or "count" or "last" or "max" or "min"))
        {
            file.Fail(map.Get("kind")!, $"kind must be sum, count, last, max or min, not \"{kind}\"");
            kind = null;
        }

        map.End();
        return matchers is null ? null : new TotalRule
        {
            Matchers = matchers,
            Kind = kind is null ? TotalKind.Sum : Enum.Parse<TotalKind>(kind, ignoreCase: true),
            By = map.Has("by"),
            Labels = [.. by.Concat(without).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static IReadOnlyList<LabelMatcher>? Matchers(YamlMap map, YamlNode item)
    {
        if (map.Text("match") is not { } text)
        {
            map.File.Fail(map.Get("match") ?? item, "a total needs a selector: match");
            return null;
        }

        if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
        {
            map.File.Fail(map.Get("match")!, $"match: {errors[0].Message}");
            return null;
        }

        if (matchers.All(static m => m.MatchesEmpty))
        {
            map.File.Fail(map.Get("match")!, "match must contain at least one non-empty matcher");
            return null;
        }

        return matchers;
    }
}
