using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Text;
using Tallygate.Model;

namespace Tallygate.Benchmarks.Exposition;

/// <summary>The forms beside text 0.0.4 and protobuf: OpenMetrics read strictly and written, and names beyond the old pattern by each scheme.</summary>
[MemoryDiagnoser]
public class FormatBenchmarks
{
    private const string Push = """
        # TYPE records_processed gauge
        # HELP records_processed Records processed by this run.
        records_processed{stage="extract",table="orders"} 15234
        records_processed{stage="load",table="orders"} 15200
        records_processed{stage="load",table="customers"} 981
        # TYPE batch_size_bytes histogram
        # UNIT batch_size_bytes bytes
        batch_size_bytes_bucket{le="1024"} 12
        batch_size_bytes_bucket{le="65536"} 40 # {trace_id="a1b2"} 4096 1.7953532028694396e+09
        batch_size_bytes_bucket{le="+Inf"} 63
        batch_size_bytes_sum 2.3498112e+07
        batch_size_bytes_count 63
        # TYPE bytes_written counter
        bytes_written_total{target="warehouse"} 2.3498112e+07 # {trace_id="a1b2"} 1
        bytes_written_created{target="warehouse"} 1.79535e+09
        # EOF

        """;

    private readonly byte[] _body = Encoding.UTF8.GetBytes(Push.ReplaceLineEndings("\n"));
    private readonly Utf8StringPool _pool = new();
    private readonly ArrayBufferWriter<byte> _target = new(1 << 16);
    private readonly ExpositionWriteOptions _options = new();
    private List<MetricFamily> _families = [];

    private readonly MetricFamily _dotted = new()
    {
        Name = "http.server.request.duration",
        Type = MetricType.Gauge,
        Metrics = [new Metric { Labels = Labels.Of("http.request.method", "GET", "server.address", "a"), Payload = MetricPayload.Gauge, Value = 0.25 }],
    };

    [GlobalSetup]
    public void Setup()
    {
        PushOpenMetricsParser.TryParse(_body, PushParseOptions.Default, _pool, out var families, out _);
        _families = families!;
    }

    [Params(EscapingScheme.AllowUtf8, EscapingScheme.Underscores, EscapingScheme.Values)]
    public EscapingScheme Escaping { get; set; }

    [Benchmark]
    public bool ParseOpenMetrics() => PushOpenMetricsParser.TryParse(_body, PushParseOptions.Default, _pool, out _, out _);

    [Benchmark]
    public int WriteOpenMetrics()
    {
        _target.ResetWrittenCount();
        foreach (var family in _families)
        {
            OpenMetricsWriter.Write(_target, family, _options);
        }

        return _target.WrittenCount;
    }

    [Benchmark]
    public int WriteNamesBeyondTheOldPattern()
    {
        _target.ResetWrittenCount();
        PrometheusTextWriter.Write(_target, _dotted, Escaping);
        return _target.WrittenCount;
    }
}
