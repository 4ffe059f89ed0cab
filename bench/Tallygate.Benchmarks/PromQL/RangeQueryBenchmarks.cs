using BenchmarkDotNet.Attributes;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Storage;

namespace Tallygate.Benchmarks.PromQL;

/// <summary>Range queries over 1,000 counters of 240 samples (one hour at 15 s), 60 steps of a minute.</summary>
[MemoryDiagnoser]
public class RangeQueryBenchmarks
{
    private const int SeriesCount = 1000;
    private const int SampleCount = 240;

    private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);
    private InMemoryStorage _storage = new();

    [Params("rate(requests_total[5m])", "sum_over_time(requests_total[5m])", "sum by (job) (rate(requests_total[5m]))", "requests_total")]
    public string Query { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        _storage = new InMemoryStorage();
        using var appender = _storage.Appender();
        for (var series = 0; series < SeriesCount; series++)
        {
            var labels = Labels.Of(Labels.MetricName, "requests_total", "instance", $"host-{series}", "job", $"job-{series % 10}");
            var reference = default(SeriesRef);
            for (var i = 0; i < SampleCount; i++)
            {
                appender.Append(ref reference, labels, i * 15_000L, (i * (series % 7)) + 0.25);
            }
        }

        appender.Commit();
    }

    [Benchmark]
    public QueryResult Range() => _engine.Range(_storage, Query, 300_000, 3_600_000, 60_000);
}
