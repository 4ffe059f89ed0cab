using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;

namespace Tallygate.Tests.PromQL.Parsing;

public sealed class ParserTests
{
    [Fact]
    public void The_recipe_parses_with_comments()
    {
        var expr = Parser.ParseExpr(
            """
            # every push that is new
            ( records_processed
              and last_push_time_seconds{job="myjob"} != push_time_seconds{job="myjob"} ) # and no other
            or push_time_seconds{job="myjob"} * 0
            """);

        Assert.Equal(
            "(records_processed and last_push_time_seconds{job=\"myjob\"} != push_time_seconds{job=\"myjob\"}) or push_time_seconds{job=\"myjob\"} * 0",
            expr.ToString());
        Assert.Equal(
            "max_over_time(push_time_seconds{job=\"myjob\"}[5m])",
            Parser.ParseExpr("max_over_time(push_time_seconds{job=\"myjob\"}[5m])").ToString());
    }

    [Theory]
    [InlineData("", "unknown position: parse error: no expression found in input")]
    [InlineData("foo\n  bar", "2:3: parse error: unexpected identifier \"bar\"")]
    [InlineData("\"ä\" }", "1:6: parse error: unexpected character: '}'")]
    [InlineData("sum(a b)", "1:7: parse error: unexpected identifier \"b\" in aggregation")]
    [InlineData("foo{a=~\"(\"}", "1:5: parse error: error parsing regexp: missing closing ): `(`")]
    [InlineData("foo offset bar", "1:12: parse error: unexpected identifier \"bar\" in offset, expected number, duration, step(), or range()")]
    [InlineData("foo @ bar", "1:7: parse error: unexpected identifier \"bar\" in @, expected timestamp")]
    [InlineData("\"\ud800\"", "1:1: parse error: invalid UTF-8 rune")]
    [InlineData("limitk(1, foo)", "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("info(foo)", "1:1: parse error: function \"info\" is not enabled")]
    [InlineData("foo smoothed", "1:1: parse error: smoothed modifier is experimental and not enabled")]
    [InlineData("a + fill(0) b", "1:1: parse error: binop fill modifiers are experimental and not enabled")]
    [InlineData("1 + \"x\"", "1:5: parse error: binary expression must contain only scalar and instant vector types")]
    public void Errors_render_as_upstream(string text, string error) =>
        Assert.Equal(error, Assert.Throws<PromQLSyntaxException>(() => Parser.ParseExpr(text)).Message);

    [Fact]
    public void Metrics_may_be_called_as_keywords_are() =>
        Assert.All(
            ["sum", "by", "offset", "start", "fill", "and", "anchored", "min_of", "group"],
            name => Assert.Equal(name, Assert.IsType<VectorSelector>(Parser.ParseExpr(name)).Name));

    [Fact]
    public void Positions_are_bytes()
    {
        var sum = Assert.IsType<BinaryExpr>(Parser.ParseExpr("{a=\"äß\"} + b"));
        Assert.Equal(new PositionRange(0, 10), sum.Left.Position);
        Assert.Equal(new PositionRange(13, 14), sum.Right.Position);
    }

    [Fact]
    public void Matchers_and_metrics()
    {
        Assert.Equal(["a=\"b\"", "__name__=\"up\""], Parser.ParseMatchers("up{a='b'}").Select(m => m.ToString()));
        Assert.Empty(Parser.ParseMatchers("{}"));
        Assert.Equal(Labels.Of("__name__", "x.y", "a", "b"), Parser.ParseMetric("{\"x.y\", a=\"b\"}"));
        Assert.False(Parser.TryParseMatchers("up[5m]", out _, out var errors));
        Assert.Equal("1:3: parse error: unexpected \"[\"", errors[0].ToString());
    }

    [Fact]
    public void A_long_query_costs_few_bytes()
    {
        var query = string.Join(" or ", Enumerable.Repeat("sum by (job) (rate(http_requests_total{code=\"500\"}[5m]))", 20));
        Parser.ParseExpr(query);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Parser.ParseExpr(query);
        var perChar = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)query.Length;

        Assert.True(perChar < 60, $"{perChar:F1} bytes for each character");
    }
}
