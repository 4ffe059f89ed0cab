using System.Text;
using System.Text.Json;
using CsCheck;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

public sealed class PushTextParserTests
{
    private static readonly PushParseOptions Utf8 = new() { Utf8Names = true };
    private readonly Utf8StringPool _pool = new();

    public static TheoryData<string, string> Good => CorpusCase.Of("text/families-good.jsonl");

    public static TheoryData<string, string> Bad => CorpusCase.Of("text/families-bad.jsonl");

    public static TheoryData<string, string> All => CorpusCase.Of("text/families-good.jsonl", "text/families-bad.jsonl");

    [Theory]
    [MemberData(nameof(Good))]
    public void Reads_the_good_corpus(string file, string name)
    {
        var test = CorpusCase.Get(file, name);
        Assert.True(PushTextParser.TryParse(CorpusCase.Input(test), Utf8, _pool, out var families, out var error), error.Message);
        var expected = test.GetProperty("families").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        Assert.Equal(expected.Keys.Order(), families.Select(f => f.Name).Order());
        foreach (var family in families)
        {
            Matches(expected[family.Name], family);
        }
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Refuses_the_bad_corpus_with_upstreams_words(string file, string name)
    {
        var test = CorpusCase.Get(file, name);
        Check(test.GetProperty("outcome").GetString()!, "error_starts_with", Utf8);
        Check(
            test.GetProperty("legacy_names_outcome").GetString()!,
            test.TryGetProperty("legacy_names_error_starts_with", out _) ? "legacy_names_error_starts_with" : "error_starts_with",
            PushParseOptions.Default);

        void Check(string outcome, string errorProperty, PushParseOptions options)
        {
            var read = PushTextParser.TryParse(CorpusCase.Input(test), options, _pool, out _, out var error);
            Assert.Equal(outcome == "ok", read);
            if (outcome == "fail")
            {
                var expected = test.GetProperty(errorProperty).GetString()!;
                Assert.StartsWith(expected, error.Message);
                Assert.Contains($"in line {error.Line}:", error.Message);
            }
        }
    }

    [Theory]
    [InlineData("a 1", "unexpected end of input stream")]
    [InlineData("# EOF", "unexpected end of input stream")]
    [InlineData("a 1 \n", "expected integer as timestamp, got \"\"")]
    [InlineData("a 1 1.5\n", "expected integer as timestamp, got \"1.5\"")]
    [InlineData("a 1 2 3\n", "spurious string after timestamp: \" 3\"")]
    [InlineData("a 0x1p-2\n", "expected float as value, got \"0x1p-2\"")]
    [InlineData("a 1_000\n", "expected float as value, got \"1_000\"")]
    [InlineData("a 1e400\n", "expected float as value, got \"1e400\"")]
    [InlineData("a \n", "expected float as value, got \"\"")]
    [InlineData("a\n", "expected float as value, got \"\"")]
    [InlineData("a 1\r2\n", "expected float as value, got \"1\\r2\"")]
    [InlineData("1a 1\n", "invalid metric name")]
    [InlineData("<html>\n", "invalid metric name")]
    [InlineData("\uFEFFa 1\n", "invalid metric name")]
    [InlineData("a-b 1\n", "expected float as value, got \"-b\"")]
    [InlineData("a.b 1\n", "expected float as value, got \".b\"")]
    [InlineData("{\"a.b\"} 1\n", "invalid metric name \"a.b\"")]
    [InlineData("{} 1\n", "invalid metric name")]
    [InlineData("{a=\"b\"} 1\n", "invalid metric name")]
    [InlineData("{\"a\",\"b\"} 1\n", "multiple metric names for metric \"a\"")]
    [InlineData("{\"a\"x} 1\n", "unexpected end of metric name 'x'")]
    [InlineData("a{x=1} 1\n", "expected '\"' at start of label value, found '1'")]
    [InlineData("a{x-y=\"1\"} 1\n", "expected '=' after label name, found '-'")]
    [InlineData("a{x'=\"1\"} 1\n", "expected '=' after label name, found '\\''")]
    [InlineData("a{x=\"1\" 1\n", "unexpected end of label value \"1\"")]
    [InlineData("a{x=\"1\n\"} 1\n", "label value \"1\" contains unescaped new-line")]
    [InlineData("a{x=\"a\\\\b\nc\"} 1\n", "label value \"a\\\\b\" contains unescaped new-line")]
    [InlineData("a{x=\"\\t\"} 1\n", "invalid escape sequence '\\t'")]
    [InlineData("a{x=\"\\\n", "invalid escape sequence '\\\n'")]
    [InlineData("a{x=\"1\",x=\"1\"} 1\n", "duplicate label names for metric \"a\"")]
    [InlineData("a{__name__=\"b\"} 1\n", "label name \"__name__\" is reserved")]
    [InlineData("a{1=\"b\"} 1\n", "invalid label name for metric \"a\"")]
    [InlineData("# TYPE a unknown\n", "unknown metric type \"unknown\"")]
    [InlineData("# TYPE a counter \n", "unknown metric type \"counter \"")]
    [InlineData("# TYPE a{ counter\n", "invalid metric name in comment")]
    [InlineData("# HELP a x\\y\n", "invalid escape sequence '\\y'")]
    public void Words_its_errors_as_upstream_does(string body, string reason)
    {
        Assert.False(Parse(body, out _, out var error));
        Assert.Equal("text format parsing error in line 1: " + reason, error.Message);
    }

    [Theory]
    [InlineData("# TYPE a counter\n# TYPE a gauge\n", "second TYPE line for metric name \"a\", or TYPE reported after samples")]
    [InlineData("a 1\n# TYPE a gauge\n", "second TYPE line for metric name \"a\", or TYPE reported after samples")]
    [InlineData("# HELP a x\n# HELP a x\n", "second HELP line for metric name \"a\"")]
    [InlineData("# TYPE a summary\na{quantile=\"x\"} 1\n", "expected float as value for 'quantile' label, got \"x\"")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"x\"} 1\n", "expected float as value for 'le' label, got \"x\"")]
    [InlineData("# TYPE a histogram\n{le=\"x\",\"a_bucket\"} 1\n", "expected float as value for 'le' label, got \"x\"")]
    [InlineData("# TYPE a histogram\na_count -1\n", "negative count for histogram \"a\"")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} -0.5\n", "negative bucket population for histogram \"a\"")]
    [InlineData("a 1\n{x=\"1\"} 1\n", "invalid metric name")]
    public void Words_errors_in_the_second_line(string body, string reason)
    {
        Assert.False(Parse(body, out _, out var error));
        Assert.Equal("text format parsing error in line 2: " + reason, error.Message);
    }

    [Fact]
    public void An_error_tells_its_column()
    {
        Assert.False(Parse("a 1\n  b{x=1} 2\n", out _, out var error));
        Assert.Equal((2, 7), (error.Line, error.Column));
    }

    [Fact]
    public void A_label_value_that_is_not_utf8_is_refused_and_such_a_help_is_kept()
    {
        Assert.False(PushTextParser.TryParse(Encoding.Latin1.GetBytes("a{x=\"\xff\"} 1\n"), PushParseOptions.Default, _pool, out _, out var error));
        Assert.Equal("text format parsing error in line 1: invalid label value \"\\xff\"", error.Message);

        Assert.True(PushTextParser.TryParse(Encoding.Latin1.GetBytes("# HELP a b\u00ff\na 1\n"), PushParseOptions.Default, _pool, out var families, out _));
        Assert.Equal("b\uDCFF", Assert.Single(families).Help);
    }

    [Theory]
    [InlineData("a 1\r\n# TYPE b counter\r\nb 2\r\n\r\n")]
    [InlineData("  \t a\t 1\n\n# TYPE b counter\nb{}2\n \t")]
    [InlineData("a{ } 1\n# EOF\n# UNIT a b\n#\n# TYPE b COUNTER\n b 2\n# TYPE c counter\n# HELP d x\n")]
    [InlineData("b_x{} 1\n# TYPE b counter\nb 2\na 1\n", "b_x")]
    public void Accepts_what_upstream_accepts_and_crlf(string body, string? also = null)
    {
        Assert.True(Parse(body, out var families, out var error), error.Message);
        families.RemoveAll(f => f.Name == also);
        families.Sort((x, y) => string.CompareOrdinal(x.Name, y.Name));
        Assert.Equal(["a", "b"], families.Select(f => f.Name));
        Assert.Equal([MetricType.Untyped, MetricType.Counter], families.Select(f => f.Type));
        Assert.Equal([1.0, 2.0], families.Select(f => f.Metrics[0].Value));
    }

    [Fact]
    public void An_empty_body_has_no_families()
    {
        Assert.True(Parse("", out var families, out _));
        Assert.Empty(families);
    }

    [Fact]
    public void Interleaved_families_are_joined_in_order_of_appearance()
    {
        Assert.True(Parse("b 1\na 1\nb{x=\"1\"} 2\n", out var families, out _));
        Assert.Equal(["b", "a"], families.Select(f => f.Name));
        Assert.Equal([1.0, 2.0], families[0].Metrics.Select(m => m.Value));
    }

    [Fact]
    public void Summaries_and_histograms_are_gathered_by_their_labels()
    {
        const string Body = """
            # TYPE h histogram
            h_bucket{x="1",le="1"} 1
            h_bucket{x="2",le="1"} 3
            h_bucket{le="+Inf",x="1"} 2
            h_sum{x="1"} 5
            h_count{x="1"} 2
            h_count{x="2"} 3
            # TYPE s summary
            s{quantile="0.5"} 7
            s_sum 8
            s_count 9.9
            s{quantile="0.9"} 10

            """;
        Assert.True(Parse(Body.ReplaceLineEndings("\n"), out var families, out var error), error.Message);
        Assert.Equal(2, families[0].Metrics.Count);
        var first = families[0].Metrics[0];
        Assert.Equal(Labels.Of("x", "1"), first.Labels);
        Assert.Equal([new ClassicBucket(1, 1), new ClassicBucket(double.PositiveInfinity, 2)], first.Histogram!.Buckets);
        Assert.Equal((2UL, 5.0), (first.Histogram.SampleCount, first.Histogram.SampleSum));
        Assert.Equal([new ClassicBucket(1, 3)], families[0].Metrics[1].Histogram!.Buckets);
        var summary = Assert.Single(families[1].Metrics).Summary!;
        Assert.Equal([new Quantile(0.5, 7), new Quantile(0.9, 10)], summary.Quantiles);
        Assert.Equal((9UL, 8.0), (summary.SampleCount, summary.SampleSum));
    }

    [Fact]
    public void Many_metrics_of_a_histogram_are_kept_apart()
    {
        var body = new StringBuilder("# TYPE h histogram\n");
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 50; i++)
            {
                body.Append($"h_{(round == 0 ? "sum" : "count")}{{x=\"{i}\"}} {i}\n");
            }
        }

        Assert.True(Parse(body.ToString(), out var families, out _));
        Assert.Equal(50, families[0].Metrics.Count);
        Assert.All(families[0].Metrics, m => Assert.Equal(m.Histogram!.SampleSum, m.Histogram.SampleCount));
    }

    [Fact]
    public void A_failed_push_leaves_nothing_for_the_next_one()
    {
        Assert.False(Parse("# TYPE a histogram\na_count 1\nx", out _, out _));
        Assert.True(Parse("a_count 2\n", out var families, out _));
        var family = Assert.Single(families);
        Assert.Equal(("a_count", MetricType.Untyped), (family.Name, family.Type));
    }

    [Fact]
    public void Names_of_any_length_are_accepted()
    {
        Assert.True(Parse(new string('a', 100_000) + " 1\n", out var families, out _));
        Assert.Equal(100_000, families[0].Name.Length);
    }

    [Fact]
    public void No_change_of_any_bytes_throws()
    {
        var bodies = All.Select(row => row.Data).Where(d => d.Item2.Length > 0).Select(d => CorpusCase.Input(CorpusCase.Get(d.Item1, d.Item2)))
            .Append(PushBody.Utf8).ToArray();
        const string Interesting = "{}\",\\=#\n\r\t 1a:_\0\xff+-.eE";
        Gen.Select(Gen.OneOf(bodies), Gen.Int[0, 100_000], Gen.OneOf(Interesting.ToCharArray()), Gen.Int[0, 3], Gen.Bool)
            .Sample((body, at, with, kind, utf8Names) =>
            {
                var changed = body.ToList();
                at %= changed.Count + 1;
                switch (kind)
                {
                    case 0 when at < changed.Count: changed[at] = (byte)with; break;
                    case 1 when at < changed.Count: changed.RemoveAt(at); break;
                    case 2: changed.RemoveRange(at, changed.Count - at); break;
                    default: changed.Insert(at, (byte)with); break;
                }

                var read = PushTextParser.TryParse(changed.ToArray(), new() { Utf8Names = utf8Names }, _pool, out _, out var error);
                Assert.True(read || error.Message.StartsWith("text format parsing error in line ", StringComparison.Ordinal));
            }, iter: 20_000);
    }

    [Theory]
    [InlineData("a 1", 4, "the body must end with a newline; was it cut off?")]
    [InlineData("\ufeffa 1\n", 1, "byte order mark")]
    [InlineData("<html>\n", 1, "HTML")]
    [InlineData("[1]\n", 1, "JSON")]
    [InlineData("{\"a\": 1}\n", 5, "name=\"value\"")]
    [InlineData("\u001f\n", 1, "Content-Type: application/vnd.google.protobuf")]
    [InlineData("9a 1\n", 1, "no digit")]
    [InlineData("a.b 1\n", 2, "--push.enable-utf8-names")]
    [InlineData("a-b 1\n", 2, "--push.enable-utf8-names")]
    [InlineData("{\"a.b\"} 1\n", 7, "--push.enable-utf8-names")]
    [InlineData("a{\"b.c\"=\"d\"} 1\n", 9, "--push.enable-utf8-names")]
    [InlineData("a{b.c=\"d\"} 1\n", 4, "--push.enable-utf8-names")]
    [InlineData("a\n", 2, "the value is missing")]
    [InlineData("a = 1\n", 3, "without an equals sign")]
    [InlineData("a 1,5\n", 3, "the decimal sign is a point")]
    [InlineData("a 1_000\n", 3, "without underscores")]
    [InlineData("a true\n", 3, "write 1 or 0")]
    [InlineData("a 1 \n", 5, "a blank stands behind the value")]
    [InlineData("a 1 # {x=\"y\"} 1\n", 5, "application/openmetrics-text")]
    [InlineData("a 1 2 3\n", 8, "no timestamps")]
    [InlineData("# TYPE a info\na 1\n", 14, "application/openmetrics-text")]
    [InlineData("# TYPE a gauge \na 1\n", 16, "a blank stands behind the type")]
    [InlineData("# TYPE a meter\na 1\n", 15, "types are counter, gauge")]
    [InlineData("# HELP a b\n# HELP a b\n", 10, "were two expositions put together?")]
    [InlineData("a{x=1} 1\n", 5, "label values stand in double quotes")]
    [InlineData("a{x=\"1\"b\"} 1\n", 8, "a quote inside the value is written \\\"")]
    [InlineData("a{x=\"1\n2\"} 1\n", 7, "written \\n")]
    [InlineData("a{x=\"C:\\temp\"} 1\n", 9, "a backslash is written \\\\")]
    public void Faults_come_with_their_column_and_what_mostly_causes_them(string body, int column, string hint)
    {
        Assert.False(Parse(body, out _, out var error));
        Assert.Equal(column, error.Column);
        Assert.Contains(hint, error.Hint);
        Assert.Equal($"{error.Message}\nline {error.Line}, column {column}: {error.Hint}", error.Text);
    }

    [Fact]
    public void Reading_the_same_push_again_allocates_no_strings()
    {
        var body = PushBody.Utf8;
        Assert.InRange(body.Length, 900, 1_200);
        var least = Allocations.Least(() =>
        {
            PushTextParser.TryParse(body, PushParseOptions.Default, _pool, out _, out _);
        });

        Assert.InRange(least, 1, 3_500);
    }

    private static void Matches(JsonElement expected, MetricFamily family)
    {
        Assert.Equal(expected.GetProperty("type").GetString(), family.Type == MetricType.GaugeHistogram
            ? "gauge_histogram" : family.Type.ToString().ToLowerInvariant());
        Assert.Equal(expected.TryGetProperty("help", out var help) ? help.GetString() : null, family.Help);
        var metrics = expected.GetProperty("metrics").EnumerateArray().ToArray();
        Assert.Equal(metrics.Length, family.Metrics.Count);
        foreach (var (json, metric) in metrics.Zip(family.Metrics))
        {
            var labels = json.GetProperty("labels").EnumerateObject().Select(p => new Label(p.Name, p.Value.GetString()!)).ToArray();
            Assert.Equal(Labels.From(labels), metric.Labels);
            Assert.Equal(json.TryGetProperty("timestamp_ms", out var time) ? time.GetInt64() : null, metric.TimestampMs);
            if (json.TryGetProperty("value", out var value))
            {
                Assert.Equal(CorpusCase.Number(value), metric.Value);
            }
            else if (json.TryGetProperty("summary", out var summary))
            {
                Assert.Equal(Optional(summary, "count"), metric.Summary!.SampleCount);
                Assert.Equal(Optional(summary, "sum"), metric.Summary.SampleSum);
                var quantiles = summary.TryGetProperty("quantiles", out var q) ? Pairs(q) : [];
                Assert.Equal(quantiles, metric.Summary.Quantiles.Select(x => (x.Rank, x.Value)));
            }
            else
            {
                var histogram = json.GetProperty("histogram");
                Assert.Equal(Optional(histogram, "count"), metric.Histogram!.SampleCount);
                Assert.Equal(Optional(histogram, "count_float"), metric.Histogram.SampleCountFloat);
                Assert.Equal(Optional(histogram, "sum"), metric.Histogram.SampleSum);
                Assert.Equal(
                    Pairs(histogram.GetProperty("buckets")),
                    metric.Histogram.Buckets.Select(b => (b.UpperBound, b.CumulativeCountFloat ?? b.CumulativeCount!.Value)));
            }
        }
    }

    private static double? Optional(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? CorpusCase.Number(value) : null;

    private static (double, double)[] Pairs(JsonElement list) =>
        list.EnumerateArray().Select(p => (CorpusCase.Number(p[0]), CorpusCase.Number(p[1]))).ToArray();

    private bool Parse(string body, out List<MetricFamily> families, out ExpositionError error)
    {
        var read = PushTextParser.TryParse(Encoding.UTF8.GetBytes(body), PushParseOptions.Default, _pool, out var result, out error);
        families = result ?? [];
        return read;
    }
}
