using System.Text;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 3.1: the text format.</summary>
public sealed class TextRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private const string Hint = "unexpected end of input stream";

    [Theory]
    [InlineData("a 1")]
    [InlineData("# EOF")]
    public Task P61_P303_A_missing_final_newline(string body) => Line(1, body, Hint);

    [Fact]
    public async Task P62_P351_Crlf_is_accepted()
    {
        await Taken("/metrics/job/j", "# HELP a text\r\n# TYPE a counter\r\na 1\r\na{x=\"y\"} 2\r\n\r\n");
        await Shows("# HELP a text", "# TYPE a counter", "a{instance=\"\",job=\"j\"} 1", "a{instance=\"\",job=\"j\",x=\"y\"} 2");
    }

    [Theory]
    [InlineData("  a 1\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("\ta 1\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("\n\na 1\n\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("a\t1\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("a   1\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("a{x=\"1\"}1\n", "a{instance=\"\",job=\"j\",x=\"1\"} 1")]
    public Task P63_Blanks(string body, string line) => Gives(body, line);

    [Theory]
    [InlineData("a 1 \n", "")]
    public Task P64_A_blank_behind_the_value(string body, string word) => Line(1, body, $"expected integer as timestamp, got \"{word}\"");

    [Theory]
    [InlineData("a 1 0\n")]
    [InlineData("a 1 -5\n")]
    [InlineData("a 1 1000\n")]
    public Task P65_P110_Timestamps_are_refused(string body) => Refused("/metrics/job/j", body, Inconsistent + "pushed metrics must not have timestamps");

    [Theory]
    [InlineData("a 1 1.5\n", "expected integer as timestamp, got \"1.5\"")]
    [InlineData("a 1 2 3\n", "spurious string after timestamp: \" 3\"")]
    public Task P65_Bad_timestamps(string body, string text) => Line(1, body, text);

    [Theory]
    [InlineData("NaN", "NaN")]
    [InlineData("nan", "NaN")]
    [InlineData("Inf", "+Inf")]
    [InlineData("+Inf", "+Inf")]
    [InlineData("-inf", "-Inf")]
    [InlineData("infinity", "+Inf")]
    [InlineData("1e21", "1e+21")]
    [InlineData("9007199254740993", "9.007199254740992e+15")]
    public Task P66_Values(string text, string shown) => Gives($"a {text}\n", $"a{{instance=\"\",job=\"j\"}} {shown}");

    [Theory]
    [InlineData("0x1p-2")]
    [InlineData("1_000")]
    [InlineData("1e400")]
    [InlineData("")]
    [InlineData("x")]
    public Task P66_No_values(string text) => Line(1, $"a {text}\n", $"expected float as value, got \"{text}\"");

    [Theory]
    [InlineData("1a 1\n", "invalid metric name")]
    [InlineData("<html>\n", "invalid metric name")]
    [InlineData("\ufeffa 1\n", "invalid metric name")]
    [InlineData("a-b 1\n", "expected float as value, got \"-b\"")]
    [InlineData("a.b 1\n", "expected float as value, got \".b\"")]
    public Task P67_P303_Bad_names(string body, string text) => Line(1, body, text);

    [Theory]
    [InlineData("a:b_C1 1\n", "a:b_C1{instance=\"\",job=\"j\"} 1")]
    public Task P67_Names(string body, string line) => Gives(body, line);

    [Theory]
    [InlineData("{\"a.b\"} 1\n", "invalid metric name \"a.b\"")]
    [InlineData("{\"a.b\",\"c.d\"=\"e\"} 1\n", "invalid metric name \"a.b\"")]
    public Task P68_P230_Quoted_names_need_the_flag(string body, string text) => Line(1, body, text);

    [Theory]
    [InlineData("{} 1\n")]
    [InlineData("{}\n")]
    public Task P69_No_name_at_all(string body) => Line(1, body, "invalid metric name");

    [Theory]
    [InlineData("a{x=\"1\",} 1\n", "a{instance=\"\",job=\"j\",x=\"1\"} 1")]
    [InlineData("a { x = \"1\" , y=\"2\" } 1\n", "a{instance=\"\",job=\"j\",x=\"1\",y=\"2\"} 1")]
    [InlineData("a{} 1\n", "a{instance=\"\",job=\"j\"} 1")]
    [InlineData("a{x=\"b\\\\s \\\"q\\\" n\\nl\"} 1\n", "a{instance=\"\",job=\"j\",x=\"b\\\\s \\\"q\\\" n\\nl\"} 1")]
    public Task P70_Labels(string body, string line) => Gives(body, line);

    [Theory]
    [InlineData("a{x=1} 1\n", "expected '\"' at start of label value, found '1'")]
    [InlineData("a{x-y=\"1\"} 1\n", "expected '=' after label name, found '-'")]
    [InlineData("a{x=\"1\" 1\n", "unexpected end of label value \"1\"")]
    [InlineData("a{x=\"1\n", "label value \"1\" contains unescaped new-line")]
    [InlineData("a{x=\"\\t\"} 1\n", "invalid escape sequence '\\t'")]
    public Task P70_Bad_labels(string body, string text) => Line(1, body, text);

    [Theory]
    [InlineData("a{x=\"1\",x=\"2\"} 1\n", "duplicate label names for metric \"a\"")]
    public Task P71_The_same_label_twice(string body, string text) => Line(1, body, text);

    [Theory]
    [InlineData("a{__name__=\"b\"} 1\n", "label name \"__name__\" is reserved")]
    public Task P72_The_label_of_the_name(string body, string text) => Line(1, body, text);

    [Fact]
    public async Task P73_Bytes_that_are_not_utf8()
    {
        ErrorLike(
            400,
            "text format parsing error in line 1: invalid label value \"\\xff\"",
            await Send("PUT", "/metrics/job/j", [.. "a{x=\""u8, 0xFF, .. "\"} 1\n"u8]));
        Status(200, await Send("PUT", "/metrics/job/j", [.. "# HELP a b"u8, 0xFF, .. "c\na 1\n"u8]));
        Assert.True((await Get("/metrics")).Body.AsSpan().IndexOf("# HELP a b"u8.ToArray().Append((byte)0xFF).Append((byte)'c').ToArray()) >= 0);
    }

    [Theory]
    [InlineData("counter", "counter")]
    [InlineData("GAUGE", "gauge")]
    [InlineData("Untyped", "untyped")]
    [InlineData("UnTypeD", "untyped")]
    public Task P74_Types_in_any_case(string type, string shown) => Gives($"# TYPE a {type}\na 1\n", $"# TYPE a {shown}");

    [Theory]
    [InlineData("gauge_histogram")]
    [InlineData("gaugehistogram")]
    public Task P74_P143_Gauge_histograms_are_shown_as_histograms(string type) =>
        Gives($"# TYPE a {type}\na_bucket{{le=\"1\"}} 2\na_count 3\na_sum 4\n", "# TYPE a histogram", "a_bucket{instance=\"\",job=\"j\",le=\"1\"} 2");

    [Theory]
    [InlineData("unknown")]
    [InlineData("info")]
    [InlineData("stateset")]
    [InlineData("counter ")]
    public Task P74_Unknown_types(string type) => Line(1, $"# TYPE a {type}\na 1\n", $"unknown metric type \"{type}\"");

    [Theory]
    [InlineData("# TYPE a gauge\n# TYPE a gauge\n", 2)]
    [InlineData("a 1\n# TYPE a gauge\n", 2)]
    public Task P75_A_second_type(string body, int line) =>
        Line(line, body, "second TYPE line for metric name \"a\", or TYPE reported after samples");

    [Theory]
    [InlineData("# HELP a x\n# HELP a y\na 1\n", 2, "second HELP line for metric name \"a\"")]
    [InlineData("# HELP a x\\t\na 1\n", 1, "invalid escape sequence '\\t'")]
    public Task P76_Bad_help(string body, int line, string text) => Line(line, body, text);

    [Theory]
    [InlineData("a 1\n# HELP a after\n", "# HELP a after")]
    [InlineData("# HELP a b\\\\s n\\nl \\\"q\\\"\na 1\n", "# HELP a b\\\\s n\\nl \"q\"")]
    public Task P76_Help(string body, string line) => Gives(body, line);

    [Fact]
    public async Task P76_Help_without_text_is_none()
    {
        await Taken("/metrics/job/j", "# HELP a\na 1\n");
        await ShowsNo("# HELP a ");
    }

    [Theory]
    [InlineData("# UNIT a seconds\na 1\n")]
    [InlineData("a 1\n# EOF\n")]
    [InlineData("#\n# TYPO a b\n#HELP a b\na 1\n")]
    public Task P77_Other_comments(string body) => Gives(body, "a{instance=\"\",job=\"j\"} 1");

    [Fact]
    public async Task P78_Counters_of_openmetrics_as_text()
    {
        await Taken("/metrics/job/j", "# TYPE foo counter\nfoo_total 5\n");
        await Shows("# TYPE foo_total untyped", "foo_total{instance=\"\",job=\"j\"} 5");
        await Line(1, "foo_total 5 # {trace=\"x\"} 1\n", "expected integer as timestamp, got \"#\"");
    }

    [Fact]
    public async Task P79_Interleaved_families()
    {
        await Taken("/metrics/job/j", "a{x=\"1\"} 1\nb 2\na{x=\"2\"} 3\n");
        Assert.Equal(["a{instance=\"\",job=\"j\",x=\"1\"} 1", "a{instance=\"\",job=\"j\",x=\"2\"} 3", "b{instance=\"\",job=\"j\"} 2"], await Lines("a{", "b{"));
    }

    [Fact]
    public async Task P80_Families_without_samples_are_dropped()
    {
        await Taken("/metrics/job/j", "# HELP a x\n# TYPE a gauge\nb 1\n");
        Assert.Equal(["b", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        await ShowsNo("# TYPE a ");
    }

    [Theory]
    [InlineData("a{quantile=\"0.9\"} 2\na{quantile=\"0.5\"} 1\na{quantile=\"0.5\"} 7\n", "a{Q,quantile=\"0.9\"} 2|a{Q,quantile=\"0.5\"} 1|a{Q,quantile=\"0.5\"} 7|a_sum{Q} 0|a_count{Q} 0")]
    [InlineData("a 1\n", "a_sum{Q} 0|a_count{Q} 0")]
    [InlineData("a_count 2.9\na_sum -3\n", "a_sum{Q} -3|a_count{Q} 2")]
    public Task P81_Summaries(string body, string lines) => GivesAll("summary", body, lines);

    [Theory]
    [InlineData("a_bucket{le=\"2\"} 5\na_bucket{le=\"1\"} 7\na_count 9\n", "a_bucket{Q,le=\"2\"} 5|a_bucket{Q,le=\"1\"} 7|a_bucket{Q,le=\"+Inf\"} 9|a_sum{Q} 0|a_count{Q} 9")]
    [InlineData("a_bucket{le=\"1\"} 7\n", "a_bucket{Q,le=\"1\"} 7|a_bucket{Q,le=\"+Inf\"} 0|a_sum{Q} 0|a_count{Q} 0")]
    [InlineData("a_bucket{le=\"+Inf\"} 7\na_count 9\na_sum 1\n", "a_bucket{Q,le=\"+Inf\"} 7|a_sum{Q} 1|a_count{Q} 9")]
    public Task P82_Histograms(string body, string lines) => GivesAll("histogram", body, lines);

    [Theory]
    [InlineData("summary", "a{quantile=\"x\"} 1\n", "expected float as value for 'quantile' label, got \"x\"")]
    [InlineData("histogram", "a_bucket{le=\"x\"} 1\n", "expected float as value for 'le' label, got \"x\"")]
    public Task P81_P82_Bad_bounds(string type, string body, string text) => Line(2, $"# TYPE a {type}\n{body}", text);

    [Theory]
    [InlineData("a_bucket{le=\"1\"} 1.5\na_count 2\n", "a_bucket{Q,le=\"1\"} 1.5|a_bucket{Q,le=\"+Inf\"} 2|a_sum{Q} 0|a_count{Q} 2")]
    [InlineData("a_bucket{le=\"1\"} 1\na_count 2.25\n", "a_bucket{Q,le=\"1\"} 1|a_bucket{Q,le=\"+Inf\"} 2.25|a_sum{Q} 0|a_count{Q} 2.25")]
    public Task P83_P262_Histograms_with_broken_counts(string body, string lines) => GivesAll("histogram", body, lines);

    [Theory]
    [InlineData("a_count -1\n", "negative count for histogram \"a\"")]
    [InlineData("a_bucket{le=\"1\"} -1\n", "negative bucket population for histogram \"a\"")]
    public Task P83_P262_Histograms_with_negative_counts(string body, string text) => Line(2, "# TYPE a histogram\n" + body, text);

    [Fact]
    public async Task P84_Buckets_without_a_type()
    {
        await Taken("/metrics/job/j", "a_bucket{le=\"1\"} 2\n");
        await Shows("# TYPE a_bucket untyped", "a_bucket{instance=\"\",job=\"j\",le=\"1\"} 2");
    }

    [Fact]
    public Task P85_Long_names() => Gives($"{new string('a', 100_000)} 1\n", new string('a', 100_000) + "{instance=\"\",job=\"j\"} 1");

    private Task Line(int line, string body, string text) => Refused("/metrics/job/j", body, $"text format parsing error in line {line}: {text}");

    private async Task Gives(string body, params string[] lines)
    {
        await Taken("/metrics/job/j", body);
        await Shows(lines);
    }

    private async Task GivesAll(string type, string body, string lines)
    {
        await Taken("/metrics/job/j", $"# TYPE a {type}\n{body}");
        Assert.Equal(lines.Replace("Q", "instance=\"\",job=\"j\"", StringComparison.Ordinal).Split('|'), await Lines("a{", "a_"));
    }
}
