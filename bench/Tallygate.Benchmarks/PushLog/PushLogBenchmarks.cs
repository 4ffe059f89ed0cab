using BenchmarkDotNet.Attributes;
using Tallygate.Exposition;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Wal;

namespace Tallygate.Benchmarks.PushLog;

/// <summary>The push log with pushes of about 1 KB: 15 gauges and their help, in batches of 64. Figures are per push.</summary>
[MemoryDiagnoser]
public class PushLogBenchmarks
{
    private const int Pushes = 64;

    private static readonly Utf8StringPool Strings = new();

    private readonly PushRecord[] _records = [.. Enumerable.Range(0, Pushes).Select(Push)];
    private readonly WalBatch _batch = new();
    private readonly List<byte[]> _encoded = [];
    private string _folder = "";
    private EmbeddedPushLog _log = null!;

    [GlobalSetup]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("tallygate-bench-").FullName;
        _log = EmbeddedPushLog.Open(_folder);
        foreach (var record in _records)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            PushRecordCodec.Write(buffer, record);
            _encoded.Add(buffer.WrittenSpan.ToArray());
        }
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Pushes)]
    public async Task<AppendResult> Append_durably() => await _log.TryAppendAsync(_log.Head, _records, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = Pushes)]
    public int Encode()
    {
        _batch.Clear();
        foreach (var record in _records)
        {
            _batch.BeginRecord(PushRecordCodec.Version);
            PushRecordCodec.Write(_batch, record);
            _batch.EndRecord();
        }

        return _batch.Length;
    }

    [Benchmark(OperationsPerInvoke = Pushes)]
    public int Decode()
    {
        var families = 0;
        foreach (var bytes in _encoded)
        {
            PushRecordCodec.TryRead(PushRecordCodec.Version, bytes, Strings, out var record, out _);
            families += record!.Families.Count;
        }

        return families;
    }

    private static PushRecord Push(int number)
    {
        var labels = Labels.Of("instance", "", "job", $"nightly{number}");
        return new PushRecord
        {
            Verb = PushVerb.Replace,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = 1_700_000_000_000_000_000 + number,
            Stamp = 1_700_000_000_000 + number,
            GroupingKey = Labels.Of("job", $"nightly{number}"),
            Families =
            [
                .. Enumerable.Range(0, 15).Select(i => new MetricFamily
                {
                    Name = $"records_processed_{i}",
                    Help = "Records.",
                    Type = MetricType.Gauge,
                    Metrics = [new Metric { Labels = labels, Payload = MetricPayload.Gauge, Value = i * 1.5 }],
                }),
            ],
        };
    }
}
