using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Model;

namespace Tallygate.Benchmarks.Exposition;

/// <summary>A push of one kilobyte and fifteen samples: read, written, and through protobuf and back.</summary>
[MemoryDiagnoser]
public class ExpositionBenchmarks
{
    private const string Push = """
        # HELP records_processed Records processed by this run.
        # TYPE records_processed gauge
        records_processed{stage="extract",table="orders"} 15234
        records_processed{stage="load",table="orders"} 15200
        records_processed{stage="load",table="customers"} 981
        # HELP records_failed Records that could not be processed.
        # TYPE records_failed gauge
        records_failed{stage="load",table="orders"} 34
        # HELP job_duration_seconds How long the run took.
        # TYPE job_duration_seconds gauge
        job_duration_seconds 182.4537
        # TYPE job_last_success_timestamp_seconds gauge
        job_last_success_timestamp_seconds 1.7953532028694396e+09
        # HELP batch_size_bytes Sizes of the batches written.
        # TYPE batch_size_bytes histogram
        batch_size_bytes_bucket{le="1024"} 12
        batch_size_bytes_bucket{le="65536"} 40
        batch_size_bytes_bucket{le="1.048576e+06"} 61
        batch_size_bytes_bucket{le="+Inf"} 63
        batch_size_bytes_sum 2.3498112e+07
        batch_size_bytes_count 63
        bytes_written_total{target="warehouse"} 2.3498112e+07
        exit_code 0

        """;

    private readonly byte[] _text = Encoding.UTF8.GetBytes(Push.ReplaceLineEndings("\n"));
    private readonly Utf8StringPool _pool = new();
    private readonly ArrayBufferWriter<byte> _target = new(1 << 16);
    private List<MetricFamily> _families = [];
    private byte[] _protobuf = [];

    [GlobalSetup]
    public void Setup()
    {
        PushTextParser.TryParse(_text, PushParseOptions.Default, _pool, out var families, out _);
        _families = families!;
        WriteProtobuf();
        _protobuf = _target.WrittenSpan.ToArray();
    }

    [Benchmark]
    public bool ParseText() => PushTextParser.TryParse(_text, PushParseOptions.Default, _pool, out _, out _);

    [Benchmark]
    public int ScrapeText()
    {
        var samples = 0;
        var reader = new PrometheusTextReader(_text, _pool);
        while (reader.Read(out var entry))
        {
            samples += entry.Kind == ExpositionEntryKind.Series ? 1 : 0;
        }

        return samples;
    }

    [Benchmark]
    public int WriteText()
    {
        _target.ResetWrittenCount();
        foreach (var family in _families)
        {
            PrometheusTextWriter.Write(_target, family);
        }

        return _target.WrittenCount;
    }

    [Benchmark]
    public int WriteProtobuf()
    {
        _target.ResetWrittenCount();
        foreach (var family in _families)
        {
            MetricFamilyCodec.WriteDelimited(_target, family);
        }

        return _target.WrittenCount;
    }

    [Benchmark]
    public bool ReadProtobuf() => MetricFamilyCodec.TryReadDelimited(_protobuf, _pool, out _, out _);
}
