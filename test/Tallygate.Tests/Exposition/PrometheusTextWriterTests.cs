using System.Buffers;
using System.Text;
using CsCheck;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

public sealed class PrometheusTextWriterTests
{
    private readonly Utf8StringPool _pool = new();

    [Fact]
    public void Prints_help_type_and_samples_as_upstream()
    {
        var family = new MetricFamily
        {
            Name = "a",
            Help = "x\\y\nz\"",
            Type = MetricType.Counter,
            Metrics =
            [
                Simple(MetricPayload.Counter, 1e6, "l", "a\\b\n\"c\""),
                Simple(MetricPayload.Counter, -0.0),
                new Metric { Labels = Labels.Of("k", "", "a.b", "v"), Payload = MetricPayload.Counter, Value = double.NaN, TimestampMs = -5 },
            ],
        };
        Assert.Equal("""
            # HELP a x\\y\nz"
            # TYPE a counter
            a{l="a\\b\n\"c\""} 1e+06
            a 0
            a{a_b="v",k=""} NaN -5

            """.ReplaceLineEndings("\n"), Print(family));
        Assert.Contains("a{\"a.b\"=\"v\",k=\"\"} NaN", Print(family, EscapingScheme.AllowUtf8));
        Assert.Contains("a{a_dot_b=\"v\",k=\"\"} NaN", Print(family, EscapingScheme.Dots));
        Assert.Contains("a{U__a_2e_b=\"v\",k=\"\"} NaN", Print(family, EscapingScheme.Values));
    }

    [Fact]
    public void Prints_a_name_beyond_the_old_pattern_in_quotes()
    {
        var family = new MetricFamily
        {
            Name = "a.b",
            Help = "",
            Type = MetricType.Summary,
            Metrics =
            [
                new Metric
                {
                    Labels = Labels.Empty, Payload = MetricPayload.Summary, Summary = new Summary { Quantiles = [new Quantile(0.5, 2)] },
                },
            ],
        };
        Assert.Equal("""
            # HELP "a.b" 
            # TYPE "a.b" summary
            {"a.b",quantile="0.5"} 2
            {"a.b_sum"} 0
            {"a.b_count"} 0

            """.ReplaceLineEndings("\n"), Print(family, EscapingScheme.AllowUtf8));
        Assert.Equal("""
            # HELP U__a_2e_b 
            # TYPE U__a_2e_b summary
            U__a_2e_b{quantile="0.5"} 2
            U__a_2e_b_sum 0
            U__a_2e_b_count 0

            """.ReplaceLineEndings("\n"), Print(family, EscapingScheme.Values));
    }

    [Fact]
    public void Adds_the_infinite_bucket_and_prints_what_is_absent_as_zero()
    {
        var family = new MetricFamily
        {
            Name = "h",
            Type = MetricType.Histogram,
            Metrics =
            [
                new Metric
                {
                    Labels = Labels.Of("job", "j"), Payload = MetricPayload.Histogram,
                    Histogram = new Histogram { SampleCount = 7, Buckets = [new ClassicBucket(1, 3), new ClassicBucket(2.5, null, 4.5)] },
                },
            ],
        };
        Assert.Equal("""
            # TYPE h histogram
            h_bucket{job="j",le="1"} 3
            h_bucket{job="j",le="2.5"} 4.5
            h_bucket{job="j",le="+Inf"} 7
            h_sum{job="j"} 0
            h_count{job="j"} 7

            """.ReplaceLineEndings("\n"), Print(family));
    }

    [Theory]
    [InlineData(MetricType.GaugeHistogram, "histogram")]
    [InlineData(MetricType.Untyped, "untyped")]
    [InlineData(MetricType.Gauge, "gauge")]
    public void Names_the_type(MetricType type, string name)
    {
        var payload = type == MetricType.GaugeHistogram ? MetricPayload.Histogram : MetricPayload.Gauge;
        var metric = new Metric { Labels = Labels.Empty, Payload = payload, Histogram = new Histogram() };
        Assert.StartsWith($"# TYPE a {name}\n", Print(new MetricFamily { Name = "a", Type = type, Metrics = [metric] }));
    }

    [Fact]
    public void A_family_without_metrics_or_without_name_prints_nothing()
    {
        Assert.Equal("", Print(new MetricFamily { Name = "a", Metrics = [] }));
        Assert.Equal("", Print(new MetricFamily { Name = "", Metrics = [Simple(MetricPayload.Untyped, 1)] }));
    }

    [Fact]
    public void Bytes_of_a_help_that_are_not_utf8_come_out_as_they_went_in()
    {
        var body = Encoding.Latin1.GetBytes("# HELP a b\u00ff\u00c3c\n# TYPE a untyped\na 1\n");
        Assert.True(PushTextParser.TryParse(body, new(), _pool, out var families, out _));
        Assert.Equal(body, PrintBytes([.. families]));
    }

    [Fact]
    public void Long_texts_are_not_torn_apart()
    {
        var value = new string('x', 1_023) + "\U0001F600" + new string('ä', 5_000);
        Assert.Contains(value, Print(new MetricFamily { Name = "a", Metrics = [Simple(MetricPayload.Untyped, 1, "l", value)] }));
    }

    [Fact]
    public void What_is_printed_reads_back_to_the_same_print() =>
        AnyFamily.Any.Where(f => f.Metrics.Count > 0 && f.Help != "").Sample(family =>
        {
            var options = new PushParseOptions { Utf8Names = true };
            var metrics = family.Metrics.Where(m => Fits(family.Type, m) && !m.Labels.AsSpan().ToArray().Any(Unreadable)).ToArray();
            var fitting = new MetricFamily { Name = family.Name, Help = family.Help, Type = family.Type, Metrics = metrics };
            var printed = PrintBytes(EscapingScheme.AllowUtf8, fitting);
            Assert.True(PushTextParser.TryParse(printed, options, _pool, out var families, out var error), error.Message + Encoding.UTF8.GetString(printed));
            Assert.True(families.Count == (metrics.Length > 0 ? 1 : 0));
            if (metrics.Select(m => m.Labels).Distinct().Count() == metrics.Length && metrics.All(m => m.Histogram is null && m.Summary is null))
            {
                Assert.Equal(Encoding.UTF8.GetString(printed), Encoding.UTF8.GetString(PrintBytes(EscapingScheme.AllowUtf8, [.. families])));
            }
        }, iter: 2_000);

    [Fact]
    public void Writing_allocates_nothing()
    {
        Assert.True(PushTextParser.TryParse(PushBody.Utf8, new(), _pool, out var families, out _));
        var target = new ArrayBufferWriter<byte>(1 << 16);
        var least = Allocations.Least(() =>
        {
            target.ResetWrittenCount();
            foreach (var family in families)
            {
                PrometheusTextWriter.Write(target, family);
            }
        });

        Assert.Equal(0, least);
    }

    [Fact]
    public void An_ordinary_push_prints_as_it_was_sent_but_for_explicit_types()
    {
        Assert.True(PushTextParser.TryParse(PushBody.Utf8, new(), _pool, out var families, out _));
        var expected = Encoding.UTF8.GetString(PushBody.Utf8)
            .Replace("bytes_written_total{", "# TYPE bytes_written_total untyped\nbytes_written_total{")
            .Replace("exit_code", "# TYPE exit_code untyped\nexit_code");
        Assert.Equal(expected, Encoding.UTF8.GetString(PrintBytes([.. families])));
    }

    private static bool Fits(MetricType type, Metric metric) => type switch
    {
        MetricType.Summary => metric.Payload == MetricPayload.Summary,
        MetricType.Histogram or MetricType.GaugeHistogram =>
            metric.Payload == MetricPayload.Histogram
            && !(metric.Histogram!.SampleCountFloat < 0) && !metric.Histogram.Buckets.Any(b => b.CumulativeCountFloat < 0),
        _ => metric.Payload is MetricPayload.Counter or MetricPayload.Gauge or MetricPayload.Untyped,
    };

    private static bool Unreadable(Label label) => label.Name == "le" || label.Value.Any(char.IsLowSurrogate) && !label.Value.Any(char.IsHighSurrogate);

    private static Metric Simple(MetricPayload payload, double value, params string[] labels) =>
        new() { Labels = Labels.Of(labels), Payload = payload, Value = value };

    private static string Print(params MetricFamily[] families) => Encoding.UTF8.GetString(PrintBytes(families));

    private static string Print(MetricFamily family, EscapingScheme escaping) => Encoding.UTF8.GetString(PrintBytes(escaping, family));

    private static byte[] PrintBytes(params MetricFamily[] families) => PrintBytes(EscapingScheme.Underscores, families);

    private static byte[] PrintBytes(EscapingScheme escaping, params MetricFamily[] families)
    {
        var target = new ArrayBufferWriter<byte>();
        foreach (var family in families)
        {
            PrometheusTextWriter.Write(target, family, escaping);
        }

        return target.WrittenSpan.ToArray();
    }
}
