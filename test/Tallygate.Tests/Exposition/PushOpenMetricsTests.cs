using System.Text;
using CsCheck;
using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

public sealed class PushOpenMetricsTests
{
    private static readonly PushParseOptions Utf8 = new() { Utf8Names = true };

    private readonly Utf8StringPool _pool = new();

    public static TheoryData<string> GoodFiles => CorpusCase.FilesOf("openmetrics/good");

    public static TheoryData<string> BadFiles => CorpusCase.FilesOf("openmetrics/bad");

    [Theory]
    [MemberData(nameof(GoodFiles))]
    public void Takes_the_good_files_of_the_suite(string file) =>
        Assert.True(PushOpenMetricsParser.TryParse(CorpusCase.ReadFile(file), PushParseOptions.Default, _pool, out _, out var error), error.Text);

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Refuses_the_bad_files_of_the_suite_and_says_where(string file)
    {
        var body = CorpusCase.ReadFile(file);
        Assert.False(PushOpenMetricsParser.TryParse(body, PushParseOptions.Default, _pool, out _, out var error));
        Assert.StartsWith($"OpenMetrics parsing error in line {error.Line}: ", error.Message);
        Assert.InRange(error.Line, 1, body.Count((byte)'\n') + 1);
        Assert.True(error.Column > 0);
    }

    [Fact]
    public void Families_have_the_names_and_types_of_the_other_formats()
    {
        const string Body = """
            # TYPE req_seconds counter
            # HELP req_seconds Time \"spent\".
            # UNIT req_seconds seconds
            req_seconds_total{a="b"} 2.5 # {trace="x"} 0.5 1700000000.25
            req_seconds_created{a="b"} 1520430000.125
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 3 # {trace="y"} 4
            h_count 3
            h_sum 6
            h_created 1.5
            # TYPE g gaugehistogram
            g_bucket{le="+Inf"} 3
            g_gcount 3
            g_gsum 2
            # TYPE s summary
            s{quantile="0.5"} 7
            s_count 2
            s_sum 9
            # TYPE build info
            build_info{version="1"} 1
            # TYPE state stateset
            state{state="on"} 1
            state{state="off"} 0
            # TYPE temp gauge
            temp -3
            other 4
            # EOF

            """;
        var families = Read(Body);
        Assert.Equal(
            ["req_seconds_total Counter", "h Histogram", "g GaugeHistogram", "s Summary", "build_info Gauge", "state Gauge", "temp Gauge", "other Untyped"],
            families.Select(f => $"{f.Name} {f.Type}"));
        var counter = families[0];
        Assert.Equal(("Time \"spent\".", "seconds"), (counter.Help, counter.Unit));
        Assert.Equal((2.5, 1_520_430_000_125_000_000), (counter.Metrics[0].Value, counter.Metrics[0].CreatedUnixNano));
        Assert.Equal(new Exemplar(Labels.Of("trace", "x"), 0.5, 1_700_000_000_250_000_000), counter.Metrics[0].Exemplar);
        var histogram = families[1].Metrics[0].Histogram!;
        Assert.Equal((3UL, 6.0, 1_500_000_000L), (histogram.SampleCount, histogram.SampleSum, histogram.CreatedUnixNano));
        Assert.Equal("y", histogram.Buckets[1].Exemplar!.Labels.Get("trace"));
        Assert.Equal([0.5], families[3].Metrics[0].Summary!.Quantiles.Select(q => q.Rank));
        Assert.Equal(2, families[5].Metrics.Count);
    }

    [Theory]
    [InlineData("a 1\n", "data does not end with # EOF", 2, "cut off")]
    [InlineData("a 1\r\n# EOF\n", "", 1, "carriage return")]
    [InlineData("a 1\n\n# EOF\n", "expected a valid start token", 2, "blank lines")]
    [InlineData("# TYPE a untyped\na 1\n# EOF\n", "invalid metric type \"untyped\"", 1, "unknown")]
    [InlineData("{\"a.b\"} 1\n# EOF\n", "invalid metric name \"a.b\"", 1, "--push.enable-utf8-names")]
    [InlineData("a{\"b.c\"=\"d\"} 1\n# EOF\n", "invalid label name \"b.c\"", 1, "")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n", "no line of counter \"a\" is called that: they end in _total, _created", 2, "")]
    [InlineData("# TYPE a counter\na_created 1\nb 1\n# EOF\n", "counter \"a\" with labels {} has no line _total", 3, "")]
    [InlineData("a 1\nb 1\na{x=\"y\"} 1\n# EOF\n", "the lines of metric \"a\" must stand together", 3, "")]
    [InlineData("a 1\na 2\n# EOF\n", "the same sample stands twice", 2, "")]
    [InlineData("a{x=\"1\",} 2\n# EOF\n", "a comma stands behind the last label", 1, "")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1\"} 2\nb 1\n# EOF\n", "histogram \"a\" with labels {} has no bucket le=\"+Inf\"", 3, "")]
    [InlineData("", "data does not end with # EOF", 1, "cut off")]
    public void Says_what_is_wrong_and_what_mostly_causes_it(string body, string reason, int line, string hint)
    {
        Assert.False(PushOpenMetricsParser.TryParse(Encoding.UTF8.GetBytes(body), PushParseOptions.Default, _pool, out _, out var error));
        Assert.StartsWith($"OpenMetrics parsing error in line {line}: {reason}", error.Message);
        Assert.Contains(hint, error.Hint ?? "");
        Assert.StartsWith($"{error.Message}\nline {line}, column ", error.Text);
    }

    [Fact]
    public void With_utf8_names_they_may_stand_in_quotes()
    {
        Assert.True(PushOpenMetricsParser.TryParse(
            "# TYPE \"a.b\" counter\n{\"a.b_total\",\"c.d\"=\"e\"} 1\n# EOF\n"u8, Utf8, _pool, out var families, out var error), error.Text);
        Assert.Equal("a.b_total", Assert.Single(families).Name);
        Assert.Equal("e", families[0].Metrics[0].Labels.Get("c.d"));
    }

    [Fact]
    public void Numbers_above_two_to_the_53_and_wide_exemplars_are_taken()
    {
        var wide = string.Concat(Enumerable.Repeat("😀", 126));
        var family = Assert.Single(Read($"# TYPE a counter\na_total 9223372036854775808 # {{ab=\"{wide}\"}} 1\n# EOF\n"));
        Assert.Equal(9223372036854775808.0, family.Metrics[0].Value);
        Assert.False(PushOpenMetricsParser.TryParse(
            Encoding.UTF8.GetBytes($"# TYPE a counter\na_total 1 # {{abc=\"{wide}\"}} 1\n# EOF\n"), Utf8, _pool, out _, out var error));
        Assert.Contains("at most 128 characters together, these have 129", error.Message);
    }

    [Fact]
    public void No_change_of_any_bytes_throws()
    {
        var bodies = GoodFiles.Select(r => r.Data).Where(f => f.Length > 0).Select(CorpusCase.ReadFile).Append("a 1\n# EOF\n"u8.ToArray()).ToArray();
        Gen.Select(Gen.OneOf(bodies), Gen.Int[0, 100_000], Gen.OneOf("{}\",\\=#\n\r\t 1a:_\0\xff+-.eE".ToCharArray()), Gen.Int[0, 3]).Sample(
            (body, at, with, kind) =>
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

                var read = PushOpenMetricsParser.TryParse(changed.ToArray(), Utf8, _pool, out _, out var error);
                Assert.True(read || error.Text.StartsWith("OpenMetrics parsing error in line ", StringComparison.Ordinal));
            },
            iter: 10_000);
    }

    [Fact]
    public void Reading_the_same_push_again_allocates_no_strings()
    {
        var body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(PushBody.Utf8)
            .Replace("bytes_written_total{", "# TYPE bytes_written counter\nbytes_written_total{") + "# EOF\n");
        Assert.True(PushOpenMetricsParser.TryParse(body, PushParseOptions.Default, _pool, out _, out var error), error.Text);
        var least = Allocations.Least(() => PushOpenMetricsParser.TryParse(body, PushParseOptions.Default, _pool, out _, out _));
        Assert.InRange(least, 1, 5_000);
    }

    private List<MetricFamily> Read(string body)
    {
        Assert.True(
            PushOpenMetricsParser.TryParse(Encoding.UTF8.GetBytes(body.ReplaceLineEndings("\n")), Utf8, _pool, out var families, out var error), error.Text);
        return families;
    }
}
