using BenchmarkDotNet.Attributes;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Storage;

namespace Tallygate.Benchmarks.PromQL;

/// <summary>
/// Wide windows that overlap: 10 series of a day at 15 s, windows of six hours, a step of a minute. The simple way goes through each window
/// anew; kernels go through the series once.
/// </summary>
[MemoryDiagnoser]
public class WindowKernelBenchmarks
{
    private const int SeriesCount = 10;
    private const int SampleCount = 5760;

    private readonly InMemoryStorage _storage = new();
    private Engine _engine = new(new EngineOptions(), TimeProvider.System);

    [Params("sum_over_time", "avg_over_time", "max_over_time", "rate", "changes")]
    public string Function { get; set; } = "";

    [Params(false, true)]
    public bool Simple { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _engine = new Engine(new EngineOptions { IsGeneric = Simple }, TimeProvider.System);
        using var appender = _storage.Appender();
        for (var series = 0; series < SeriesCount; series++)
        {
            var labels = Labels.Of(Labels.MetricName, "load_total", "instance", $"host-{series}");
            var reference = default(SeriesRef);
            for (var i = 0; i < SampleCount; i++)
            {
                appender.Append(ref reference, labels, i * 15_000L, Math.Round(Math.Sin(i) * 100, 3) + (i * series));
            }
        }

        appender.Commit();
    }

    [Benchmark]
    public QueryResult Range() => _engine.Range(_storage, $"{Function}(load_total[6h])", 21_600_000, 86_400_000, 60_000);
}
