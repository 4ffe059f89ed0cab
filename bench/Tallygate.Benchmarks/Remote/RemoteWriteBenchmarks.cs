using System.Buffers.Binary;
using System.Text;
using BenchmarkDotNet.Attributes;
using Tallygate.Remote;
using Tallygate.Tsdb;

namespace Tallygate.Benchmarks.Remote;

/// <summary>Requests of 1,000 samples of known series, as agents send them, into a database without a log: decoding, look-up and append.</summary>
[MemoryDiagnoser]
[SimpleJob(launchCount: 1, warmupCount: 5, iterationCount: 10, invocationCount: 100)]
public class RemoteWriteBenchmarks
{
    private const int Series = 10_000;
    private const int PerRequest = 1000;

    private readonly List<(byte[] Bytes, int[] Times)> _requests = [];
    private RemoteWriteReceiver _receiver = null!;
    private Database _database = null!;
    private long _time = 1_800_000_000_000;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _database = Database.InMemory(new DatabaseOptions { MaxAhead = null, Retention = null }, TimeProvider.System);
        _receiver = new RemoteWriteReceiver(_database, TimeProvider.System);
        for (var first = 0; first < Series; first += PerRequest)
        {
            _requests.Add(Request(first));
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _database.Dispose();

    [Benchmark(OperationsPerInvoke = PerRequest)]
    public int Write()
    {
        // The time of every sample is written into the request where it stands; it has as many bytes for all times of the run.
        var (bytes, times) = _requests[_next];
        _next = (_next + 1) % _requests.Count;
        _time += _next == 0 ? 15_000 : 0;
        foreach (var at in times)
        {
            WriteTime(bytes.AsSpan(at), _time);
        }

        return _receiver.Write(bytes).Samples;
    }

    private static (byte[] Bytes, int[] Times) Request(int first)
    {
        var bytes = new List<byte>();
        var times = new int[PerRequest];
        for (var i = 0; i < PerRequest; i++)
        {
            var number = first + i;
            var series = new List<byte>();
            foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
                ("__name__", $"http_requests_{number % 50}_total"), ("cluster", "eu-west-1"), ("instance", $"host-{number % 100:D3}.example.org:9100"),
                ("job", "api"), ("path", $"/api/v1/resource/{number / 100}"), ("status", "200")])
            {
                byte[] label = [.. Field(0x0A, Encoding.UTF8.GetBytes(name)), .. Field(0x12, Encoding.UTF8.GetBytes(value))];
                series.AddRange(Field(0x0A, label));
            }

            var sample = new byte[16];
            sample[0] = 0x09;
            BinaryPrimitives.WriteDoubleLittleEndian(sample.AsSpan(1), number * 3.25);
            sample[9] = 0x10;
            series.AddRange(Field(0x12, sample));
            bytes.AddRange(Field(0x0A, [.. series]));
            times[i] = bytes.Count - 6;
        }

        return ([.. bytes], times);
    }

    private static byte[] Field(byte tag, byte[] bytes) =>
        bytes.Length < 0x80 ? [tag, (byte)bytes.Length, .. bytes] : [tag, (byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7), .. bytes];

    private static void WriteTime(Span<byte> target, long time)
    {
        for (var i = 0; i < 6; i++)
        {
            target[i] = (byte)((time & 0x7F) | (i < 5 ? 0x80L : 0));
            time >>= 7;
        }
    }
}
