using System.Text.Json.Nodes;
using CsCheck;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Printing;

namespace Tallygate.Tests.PromQL.Parsing;

/// <summary>What holds for every text: nothing but errors comes of it, and what parses prints to something that parses to the same.</summary>
public sealed class ParserPropertyTests
{
    // Infinity is left out: it prints as upstream prints it, "+Inf", and before a power that is a sign and not part of the number.
    private static readonly string[] Pieces =
    [
        "foo", "bar:baz", "{", "}", "(", ")", "[", "]", "a=\"b\"", "a=~\"b.*\"", "\"x\"", "'y'", "`z`", ",", ":", "5m", "1", "2.5e3", "0x1F", "NaN",
        "+", "-", "*", "/", "%", "^", "==", "!=", "<", ">=", ">/", "</", "and", "or", "unless", "atan2", "bool", "on(a)", "ignoring(b)", "group_left",
        "group_right(c)", "fill(0)", "fill_left(-1)", "sum", "topk", "count_values", "by(a)", "without()", "offset", "@", "start()", "end()", "step()",
        "range()", "min_of(", "max_of(", "anchored", "smoothed", "rate(", "time()", "label_replace(", "[5m]", "[5m:]", "[1h:1m]", "{a=\"b\"}", "#c\n",
        "\n", " ", "\u00e4", "\U0001F600", "\uDCFF", "\\", "1_000", "offset -5m", "@ 10",
    ];

    private static readonly Gen<string> Soup = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).List[0, 12].Select(p => string.Join(' ', p));

    private static readonly string[] Queries =
    [
        "sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m] offset 1h)) / on (job) group_left (x) sum(up @ end())",
        "histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m:30s] @ start())))",
        "(a and b) or (c unless ignoring (d) e) > bool -3 ^ 2",
        "foo[min_of(5m, step() * 2):(1m)] offset -(range() - 5s)",
        "label_replace(up{\"a.b\"='c\\n'}, \"x\", `$1`, \"y\", \"(.*)\") == 1",
        "a + fill_left (1) fill_right (2) b[5m] smoothed @ 10.5",
    ];

    [Fact]
    public void Wild_text_gives_errors_and_nothing_else() => Soup.Sample(text => { Check(text); }, iter: 4_000);

    [Fact]
    public void Damaged_queries_give_errors_and_nothing_else()
    {
        var damage = Gen.Select(Gen.Int[0, Queries.Length - 1], Gen.Int[0, 1000], Gen.Int[0, 6], Gen.Char);
        damage.Sample(
            (which, at, length, c) =>
            {
                var query = Queries[which];
                at %= query.Length;
                Check(query.Remove(at, Math.Min(length, query.Length - at)));
                Check(query.Insert(at, c.ToString()));
                Check(query[..at]);
            },
            iter: 1_000);
    }

    [Fact]
    public void Made_trees_survive_printing() => Expressions(4).Sample(
        text => Assert.True(Check(text), text),
        iter: 1_000);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-", "")]
    [InlineData("sum(", ")")]
    [InlineData("1+(", ")")]
    [InlineData("1^", "")]
    [InlineData("foo[(", ")]")]
    [InlineData("foo offset -", "")]
    public void Deep_nesting_is_an_error_not_a_crash(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.False(Parser.TryParseExpr(text, ParserOptions.All, out _, out var errors));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void Long_chains_parse_up_to_the_limit()
    {
        var chain = Parser.ParseExpr(string.Join(" + ", Enumerable.Repeat("a", 1900)));
        Assert.Equal(ExprType.Vector, chain.Type);
        Assert.Equal(chain.ToString(), Parser.ParseExpr(chain.ToString()).ToString());
        Assert.False(Parser.TryParseExpr(string.Join(" + ", Enumerable.Repeat("a", 100_000)), null, out _, out _));
    }

    private static Gen<string> Expressions(int depth)
    {
        var leaf = Pick("foo", "foo{a=\"b\",c!~\"d|e\"}", "{__name__=~\"a.+\"}", "{\"x.y\"}", "a:b @ 5", "foo offset 1d", "foo offset -5m @ end()", "sum", "step");
        if (depth == 0)
        {
            return leaf;
        }

        var inner = Expressions(depth - 1);
        var matching = Pick("", "on (a) ", "ignoring (b, \"c d\") ", "on (a) group_left (x) ", "on () group_right () ");
        return Gen.OneOf(
            leaf,
            inner.Select(e => $"({e})"),
            inner.Select(e => $"-{e}"),
            Gen.Select(inner, inner, matching, Pick("+", "-", "*", "/", "%", "^", "atan2", "==", "> bool", "<="))
                .Select((l, r, m, op) => $"({l}) {op} {m}({r})"),
            Gen.Select(inner, inner, Pick("and", "or", "unless")).Select((l, r, op) => $"{l} {op} {r}"),
            Gen.Select(inner, Pick("sum", "avg by (a, \"b.c\")", "topk without () ")).Select((e, op) => op.StartsWith("topk", StringComparison.Ordinal) ? $"{op}(3, {e})" : $"{op}({e})"),
            Gen.Select(inner, Pick("5m:1m", "1h30m:", "step() * 2:", "(5m):max_of(1s, range())")).Select((e, range) => $"max_over_time(({e})[{range}])"),
            inner.Select(e => $"label_replace({e}, \"a\", '$1\\t', \"b\", `c`)"));

        static Gen<string> Pick(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
    }

    private static bool Check(string text)
    {
        try
        {
            return CheckText(text);
        }
        catch (Exception broken) when (broken is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{text}: {broken}", broken);
        }
    }

    private static bool CheckText(string text)
    {
        if (!Parser.TryParseExpr(text, ParserOptions.All, out var expr, out var errors))
        {
            Assert.NotEmpty(errors);
            Assert.All(errors, e => Assert.True(e.Position.Start >= 0 && e.Position.Start <= e.Position.End));
            Assert.Contains("parse error: ", new PromQLSyntaxException(errors).Message, StringComparison.Ordinal);
            return false;
        }

        Assert.Empty(errors);
        var printed = expr.ToString();
        var tree = Unsigned(AstJson.Of(expr)).ToJsonString();
        Assert.Equal(tree, Unsigned(AstJson.Of(Parser.ParseExpr(printed, ParserOptions.All))).ToJsonString());
        Assert.Equal(printed, Parser.ParseExpr(printed, ParserOptions.All).ToString());
        Assert.Equal(tree, Unsigned(AstJson.Of(Parser.ParseExpr(Prettifier.Prettify(expr, 20), ParserOptions.All))).ToJsonString());
        return true;
    }

    /// <summary>The tree without plus signs before durations, which are not printed, and durations in plain seconds, which are.</summary>
    private static JsonNode Unsigned(JsonNode node)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["node"]?.GetValue<string>() == "duration" && o["op"]!.GetValue<string>() == "+" && o["lhs"] is null && o["paren"] is null)
                {
                    return Unsigned(o["rhs"]!.DeepClone());
                }

                var copy = new JsonObject();
                foreach (var (name, child) in o)
                {
                    copy[name] = child is null ? null : Unsigned(child.DeepClone());
                }

                return copy;
            case JsonArray array:
                return new JsonArray([.. array.Select(item => Unsigned(item!.DeepClone()))]);
            default:
                return node.DeepClone();
        }
    }
}
