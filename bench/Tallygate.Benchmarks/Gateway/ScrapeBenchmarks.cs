using BenchmarkDotNet.Attributes;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Page;
using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Benchmarks.Gateway;

/// <summary>Scrapes of 10,000 groups of ten series: unchanged, and after one push in a hundred groups; and one tick of the
/// sampler.</summary>
[MemoryDiagnoser]
public class ScrapeBenchmarks
{
    private const int Groups = 10_000;

    private readonly LatestGroups _groups = new();
    private readonly Labels[] _keys = [.. Enumerable.Range(0, Groups).Select(GatewayData.Key)];
    private MetricsPage _page = null!;
    private GatewaySampler _sampler = null!;
    private long _tick;
    private int _round;

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Groups; i++)
        {
            Push(i);
        }

        _groups.Publish();
        _page = new MetricsPage(() => _groups.View);
        _page.Gzip([]);
        _sampler = new GatewaySampler(() => _groups.View, () => [], new GatewayData.NullStorage(), new SamplerOptions(), TimeProvider.System);
        _sampler.Step(0);
    }

    [Benchmark]
    public int TextUnchanged() => _page.Text([]).Count;

    [Benchmark]
    public int GzipUnchanged() => _page.Gzip([]).Count;

    [Benchmark]
    public int TextAfterOnePercent()
    {
        Change();
        return _page.Text([]).Count;
    }

    [Benchmark]
    public int GzipAfterOnePercent()
    {
        Change();
        return _page.Gzip([]).Count;
    }

    [Benchmark]
    public long SamplerTick() => _sampler.Step(_tick += 15_000);

    private void Change()
    {
        _round++;
        for (var i = 0; i < Groups / 100; i++)
        {
            Push(((i * 100) + _round) % Groups);
        }

        _groups.Publish();
    }

    private void Push(int group)
    {
        var push = PushRecordOf(group);
        _groups.Apply(new PushLogEntry(_groups.Position.Next, push));
    }

    private PushRecord PushRecordOf(int group)
    {
        var known = _groups.View.Find(_keys[group]);
        var push = Tallygate.Gateway.Ingest.PushScreening.Prepare(
            PushVerb.Replace, _keys[group], GatewayData.Families(_round), known, 1_000_000_000L + _round);
        return new PushRecord
        {
            Verb = PushVerb.Replace,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = push.ReceivedUnixNano,
            Stamp = 1_000 + _round,
            GroupingKey = _keys[group],
            Families = push.Families,
        };
    }
}
