using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Storage;

namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>What a step of a range query over a window costs in allocation: the column of its result and nothing else.</summary>
public sealed class EngineAllocationTests
{
    private const int BytesPerStep = 56;

    [Theory]
    [InlineData("rate(foo_total[1m])")]
    [InlineData("sum_over_time(foo_total[1m])")]
    [InlineData("quantile_over_time(0.9, foo_total[1m])")]
    [InlineData("sum(foo_total)")]
    public void A_step_allocates_no_more_than_its_results(string query)
    {
        var storage = new InMemoryStorage();
        using (var appender = storage.Appender())
        {
            var reference = default(SeriesRef);
            for (var i = 0; i < 4000; i++)
            {
                appender.Append(ref reference, Labels.Of(Labels.MetricName, "foo_total"), i * 1000L, i);
            }

            appender.Commit();
        }

        var engine = new Engine(new EngineOptions(), TimeProvider.System);
        Measure(engine, storage, query, 100);
        Measure(engine, storage, query, 3000);
        var few = Measure(engine, storage, query, 1000);
        var many = Measure(engine, storage, query, 3000);
        Assert.True((many - few) / 2000.0 <= BytesPerStep, $"{(many - few) / 2000.0} bytes a step");
    }

    /// <summary>The bytes of a query whose steps lie ever closer, so that what is read stays the same.</summary>
    private static long Measure(Engine engine, InMemoryStorage storage, string query, int steps)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = engine.Range(storage, query, 0, 3_900_000, 3_900_000 / steps);
        Assert.Null(result.Error);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
