using System.Buffers;
using System.Text;
using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

public sealed class OpenMetricsWriterTests
{
    [Fact]
    public void Prints_as_upstream()
    {
        MetricFamily[] families =
        [
            new()
            {
                Name = "req_seconds_total", Help = "a \"b\"\n\\", Type = MetricType.Counter, Unit = "seconds",
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Of("x", "y\"z"), Payload = MetricPayload.Counter, Value = 42, CreatedUnixNano = 1_520_430_000_125_000_000,
                        Exemplar = new Exemplar(Labels.Of("trace", "t"), 1, 1_700_000_000_500_000_000),
                    },
                    new Metric { Labels = Labels.Empty, Payload = MetricPayload.Counter, Value = 1e21, TimestampMs = 1_500, Exemplar = new Exemplar(Labels.Empty, 1, null) },
                ],
            },
            new()
            {
                Name = "odd", Type = MetricType.Counter, Unit = "seconds",
                Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Counter, Value = -1 }],
            },
            new()
            {
                Name = "s", Type = MetricType.Summary,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Empty, Payload = MetricPayload.Summary,
                        Summary = new Summary { SampleCount = 9_007_199_254_740_993, SampleSum = 0, Quantiles = [new Quantile(1, double.NaN)], CreatedUnixNano = 1_000_000_000 },
                    },
                ],
            },
            new()
            {
                Name = "h", Type = MetricType.Histogram,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Of("a", "b"), Payload = MetricPayload.Histogram,
                        Histogram = new Histogram
                        {
                            SampleCount = 7, SampleSum = 12.5,
                            Buckets = [new ClassicBucket(1, 3, null, new Exemplar(Labels.Of("t", "u"), 0.25, null)), new ClassicBucket(2.5, 4)],
                        },
                    },
                ],
            },
        ];
        const string Expected = """
            # HELP req_seconds a \"b\"\n\\
            # TYPE req_seconds counter
            # UNIT req_seconds seconds
            req_seconds_total{x="y\"z"} 42.0 # {trace="t"} 1.0 1.7000000005e+09
            req_seconds_total 1e+21 1.5
            # TYPE odd unknown
            odd -1.0
            # TYPE s summary
            s{quantile="1.0"} NaN
            s_sum 0.0
            s_count 9007199254740993
            # TYPE h histogram
            h_bucket{a="b",le="1.0"} 3 # {t="u"} 0.25
            h_bucket{a="b",le="2.5"} 4
            h_bucket{a="b",le="+Inf"} 7
            h_sum{a="b"} 12.5
            h_count{a="b"} 7
            # EOF

            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), Print(new(), families));
        var created = Print(new ExpositionWriteOptions { CreatedLines = true }, families);
        Assert.Contains("\nreq_seconds_created{x=\"y\\\"z\"} 1.520430000125e+09\n", created);
        Assert.Contains("\ns_count 9007199254740993\ns_created 1.0\n", created);
    }

    [Fact]
    public void What_upstream_breaks_off_at_is_printed_all_the_same()
    {
        var family = new MetricFamily
        {
            Name = "g.h",
            Type = MetricType.GaugeHistogram,
            Metrics = [new Metric { Labels = Labels.Of("a.b", "c"), Payload = MetricPayload.Histogram, Histogram = new Histogram { SampleCountFloat = 1.5 } }],
        };
        Assert.Equal(
            "# TYPE g_h gaugehistogram\ng_h_bucket{a_b=\"c\",le=\"+Inf\"} 1.5\ng_h_gsum{a_b=\"c\"} 0.0\ng_h_gcount{a_b=\"c\"} 1.5\n# EOF\n",
            Print(new(), family));
        Assert.Contains("\n{\"g.h_gsum\",\"a.b\"=\"c\"} 0.0\n", Print(new ExpositionWriteOptions { Escaping = EscapingScheme.AllowUtf8 }, family));
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        Assert.True(Tallygate.Exposition.Text.PushTextParser.TryParse(PushBody.Utf8, new(), new Utf8StringPool(), out var families, out _));
        var target = new ArrayBufferWriter<byte>(1 << 16);
        var options = new ExpositionWriteOptions();
        var least = Allocations.Least(() =>
        {
            target.ResetWrittenCount();
            foreach (var family in families)
            {
                OpenMetricsWriter.Write(target, family, options);
            }
        });

        Assert.Equal(0, least);
    }

    private static string Print(ExpositionWriteOptions options, params MetricFamily[] families)
    {
        var target = new ArrayBufferWriter<byte>();
        foreach (var family in families)
        {
            OpenMetricsWriter.Write(target, family, options);
        }

        OpenMetricsWriter.End(target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
