using BenchmarkDotNet.Attributes;
using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Benchmarks.Gateway;

/// <summary>What a push of ten known series costs: on the request's thread, and on the one writer (judged, folded, published), log and
/// store aside.</summary>
[MemoryDiagnoser]
public class PushBenchmarks
{
    private const int Batch = 64;

    private readonly LatestGroups _groups = new();
    private readonly PushSamples _samples = new(
        new GatewayData.NullStorage(), new InMemoryStorage(), new OpenRuns(() => GatewaySettings.Default));
    private readonly PushClock _clock = new();
    private readonly Labels[] _keys = [.. Enumerable.Range(0, 10_000).Select(GatewayData.Key)];
    private readonly MetricFamily[] _families = GatewayData.Families(1);
    private readonly PreparedPush[] _prepared = new PreparedPush[Batch];
    private PushJudge _judge = null!;
    private long _now = 1_000_000_000;
    private long _number;
    private int _next;

    /// <summary>How many groups stand.</summary>
    [Params(100, 10_000)]
    public int Groups { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var settings = () => GatewaySettings.Default;
        var runs = new OpenRuns(settings);
        var history = new PushHistory(runs, new PushKeys(settings), new RunningTotals(runs), _clock, new InMemoryStorage(), settings);
        _judge = new PushJudge(_groups, history, checks: true);
        for (var i = 0; i < Groups; i += Batch)
        {
            Prepare();
            Write();
        }
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void Prepare()
    {
        _now += 20_000_000;
        for (var i = 0; i < Batch; i++)
        {
            var key = _keys[_next++ % Groups];
            _prepared[i] = PushScreening.Prepare(PushVerb.Replace, key, _families, _groups.View.Find(key), _now);
        }
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void PrepareAndWrite()
    {
        Prepare();
        Write();
    }

    private void Write()
    {
        var batch = new PushBatch(++_number);
        foreach (var push in _prepared)
        {
            batch.Add(PushTicket.OfPush(push), _judge);
        }

        var entries = batch.EntriesAfter(_groups.Position);
        foreach (var entry in entries)
        {
            _groups.Apply(entry);
            _samples.Apply(entry);
        }

        _samples.Publish();
        _groups.Publish();
        _judge.Landed(batch);
    }
}
