using System.Text.Json;
using System.Text.Json.Nodes;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;

namespace Tallygate.Tests.PromQL.Parsing;

/// <summary>Every case of <c>parser-cases.jsonl</c>: the tree, or all errors with text and place.</summary>
public sealed class ParserCorpusTests
{
    private const string File = "parser-cases.jsonl";
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = PromQLCorpus.Cases(File);

    public static IEnumerable<TheoryDataRow<string>> Names => PromQLCorpus.Names(File);

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_or_fails_as_upstream_does(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the corpus is not here");
        var given = Cases[name];
        var parses = Parser.TryParseExpr(PromQLCorpus.Text(given, "expr"), PromQLCorpus.Options(given), out var expr, out var errors);
        if (given.GetProperty("outcome").GetString() == "fail")
        {
            Assert.False(parses);
            CheckErrors(given, errors);
            return;
        }

        Assert.True(parses, string.Join('\n', errors));
        var expected = Normalize(JsonNode.Parse(given.GetProperty("ast").GetRawText())!);
        var actual = AstJson.Of(expr!);
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}\nactual   {actual.ToJsonString()}");
    }

    private static void CheckErrors(JsonElement given, IReadOnlyList<PromQLSyntaxError> actual)
    {
        if (given.TryGetProperty("error_text_is_go_specific", out _))
        {
            return;
        }

        var expected = given.GetProperty("errors").EnumerateArray()
            .Select(e => (e.GetProperty("start").GetInt32(), e.GetProperty("end").GetInt32(), e.GetProperty("message").GetString()!)).ToArray();
        var found = actual.Select(e => (e.Position.Start, e.Position.End, e.Message)).ToArray();
        if (given.TryGetProperty("errors_total", out var total))
        {
            Assert.Equal(total.GetInt32(), found.Length);
            found = [.. found[..3], .. found[^3..]];
        }

        Assert.Equal(expected, found);
    }

    private static JsonNode Normalize(JsonNode node)
    {
        if (node is JsonObject o)
        {
            if (o["matchers"] is JsonArray matchers)
            {
                var sorted = matchers.OrderBy(m => string.Join(' ', m!.AsArray().Select(x => x!.GetValue<string>())), StringComparer.Ordinal)
                    .Select(m => m!.DeepClone()).ToArray();
                o["matchers"] = new JsonArray(sorted);
            }

            if (o["offset_ms"] is not null && o["offset_expr"] is not null)
            {
                o.Remove("offset_ms");
            }

            foreach (var (_, child) in o.ToArray())
            {
                if (child is JsonObject)
                {
                    Normalize(child);
                }
                else if (child is JsonArray array)
                {
                    foreach (var item in array)
                    {
                        Normalize(item!);
                    }
                }
            }
        }

        return node;
    }
}
