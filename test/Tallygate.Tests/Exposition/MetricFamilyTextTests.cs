using System.Buffers;
using System.Text;
using Tallygate.Exposition;
using Tallygate.Model;

namespace Tallygate.Tests.Exposition;

public sealed class MetricFamilyTextTests
{
    private static readonly MetricFamily Family = new()
    {
        Name = "a.b",
        Help = "h\n\"ä\"\u0001\u0085",
        Type = MetricType.Histogram,
        Unit = "s",
        Metrics =
        [
            new Metric
            {
                Labels = Labels.Of("l", "v\uDCFF"), Payload = MetricPayload.Histogram, TimestampMs = 5,
                Histogram = new Histogram
                {
                    SampleCount = 3, SampleSum = double.NaN, Buckets = [new ClassicBucket(double.PositiveInfinity, 3)], CreatedUnixNano = -500_000_000,
                    Schema = 2, PositiveSpans = [new BucketSpan(-1, 2)], PositiveDeltas = [1, -1],
                },
            },
            new Metric { Labels = Labels.Empty, Payload = MetricPayload.None },
        ],
    };

    [Fact]
    public void P151_text() => Assert.Equal(
        """
        name: "a_b"
        help: "h\n\"ä\"\x01\u0085"
        type: HISTOGRAM
        metric: {
          label: {
            name: "l"
            value: "v\xff"
          }
          histogram: {
            sample_count: 3
            sample_sum: nan
            bucket: {
              cumulative_count: 3
              upper_bound: inf
            }
            created_timestamp: {
              seconds: -1
              nanos: 500000000
            }
            schema: 2
            positive_span: {
              offset: -1
              length: 2
            }
            positive_delta: 1
            positive_delta: -1
          }
          timestamp_ms: 5
        }
        metric: {}
        unit: "s"


        """.ReplaceLineEndings("\n"),
        Print(ExpositionFormat.ProtobufText));

    [Fact]
    public void P151_compact_text() => Assert.Equal(
        "name:\"a_b\" help:\"h\\n\\\"ä\\\"\\x01\\u0085\" type:HISTOGRAM metric:{label:{name:\"l\" value:\"v\\xff\"} "
        + "histogram:{sample_count:3 sample_sum:nan bucket:{cumulative_count:3 upper_bound:inf} created_timestamp:{seconds:-1 nanos:500000000} "
        + "schema:2 positive_span:{offset:-1 length:2} positive_delta:1 positive_delta:-1} timestamp_ms:5} metric:{} unit:\"s\"\n",
        Print(ExpositionFormat.ProtobufCompactText));

    private static string Print(ExpositionFormat format)
    {
        var target = new ArrayBufferWriter<byte>();
        ExpositionWriter.Write(target, format, Family, new ExpositionWriteOptions());
        ExpositionWriter.End(target, format);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
