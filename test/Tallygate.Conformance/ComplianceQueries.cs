using System.Text.RegularExpressions;

namespace Tallygate.Conformance;

/// <summary>The query templates of the compliance suite, with every choice of their variants put in.</summary>
internal static partial class ComplianceQueries
{
    /// <summary>Each query, and whether it has to fail.</summary>
    public static List<(string Query, bool Fails)> Read(string path)
    {
        var variants = new Dictionary<string, string[]>();
        var queries = new List<(string, bool)>();
        string? template = null;
        var fails = false;
        foreach (var line in File.ReadLines(path))
        {
            if (VariantLine().Match(line) is { Success: true } variant)
            {
                variants[variant.Groups[1].Value] = [.. Quoted().Matches(variant.Groups[2].Value).Select(m => m.Groups[1].Value)];
            }
            else if (line.StartsWith("  - no:", StringComparison.Ordinal))
            {
                Add();
            }
            else if (QueryLine().Match(line) is { Success: true } query)
            {
                template = query.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal);
            }

            fails |= line.Trim() == "should_fail: true";
        }

        Add();
        return queries;

        void Add()
        {
            if (template is not null)
            {
                queries.AddRange(Expand(template, variants).Select(query => (query, fails)));
            }

            (template, fails) = (null, false);
        }
    }

    private static IEnumerable<string> Expand(string template, Dictionary<string, string[]> variants)
    {
        var place = Place().Match(template);
        return place.Success
            ? variants[place.Groups[1].Value].SelectMany(value => Expand(template.Replace(place.Value, value, StringComparison.Ordinal), variants))
            : [template];
    }

    [GeneratedRegex("""^  (\w+): (\[".*\])$""")]
    private static partial Regex VariantLine();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("^    query: '(.*)'$")]
    private static partial Regex QueryLine();

    [GeneratedRegex(@"\{\{\.(\w+)\}\}")]
    private static partial Regex Place();
}
