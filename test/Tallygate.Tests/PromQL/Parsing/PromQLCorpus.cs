using System.Text.Json;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Testing;

namespace Tallygate.Tests.PromQL.Parsing;

/// <summary>Reads the JSON-lines files of the PromQL corpus.</summary>
internal static class PromQLCorpus
{
    /// <summary>The cases of a file, by name; empty where the corpus is missing.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Cases(string file)
    {
        var path = Corpora.PathOf("promql/" + file);
        return path is null
            ? new Dictionary<string, JsonElement>()
            : File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).ToDictionary(c => c.GetProperty("name").GetString()!);
    }

    /// <summary>Names for a theory; one empty name where the corpus is missing, so that the theory skips.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names(string file)
    {
        var cases = Cases(file);
        return cases.Count == 0 ? [new TheoryDataRow<string>("")] : cases.Keys.Select(n => new TheoryDataRow<string>(n));
    }

    /// <summary>The text of a property that may be given as base64 or as repeated parts.</summary>
    public static string Text(JsonElement of, string name)
    {
        if (of.TryGetProperty(name, out var plain))
        {
            return plain.GetString()!;
        }

        if (of.TryGetProperty(name + "_base64", out var base64))
        {
            return ByteText.Decode(base64.GetBytesFromBase64());
        }

        return string.Concat(of.GetProperty(name + "_repeat").EnumerateArray()
            .Select(part => string.Concat(Enumerable.Repeat(part[0].GetString()!, part[1].GetInt32()))));
    }

    /// <summary>The options under which a case is meant: plain 3.14, and what it needs.</summary>
    public static ParserOptions Options(JsonElement of)
    {
        var options = ParserOptions.Default;
        if (of.TryGetProperty("needs", out var needs))
        {
            foreach (var need in needs.EnumerateArray())
            {
                options = need.GetString() switch
                {
                    "experimental-functions" => options with { ExperimentalFunctions = true },
                    "extended-range-selectors" => options with { ExtendedRangeSelectors = true },
                    "fill-modifiers" => options with { FillModifiers = true },
                    _ => options,
                };
            }
        }

        return options;
    }
}
