using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb;

[CollectionDefinition(nameof(MemoryBudgetTests), DisableParallelization = true)]
public sealed class MemoryBudgetCollection;

/// <summary>Budgets of the bytes that a series takes in the head, all that it needs counted. Alone, because all of the process is measured.</summary>
[Collection(nameof(MemoryBudgetTests))]
public sealed class MemoryBudgetTests(ITestOutputHelper output)
{
    private const int Series = 20_000;

    private static DatabaseOptions Options => DatabaseOptions.Pushes with { Retention = null };

    /// <summary>As ten groups of a job push them: few names, one instance for each ten series.</summary>
    private static Labels LabelsOf(int i) => Labels.Of(
        "__name__", $"backup_{i % 5}_seconds:pushed", "instance", $"i{i / 10}", "job", "bench", "stage", i % 10 < 5 ? "extract" : "load");

    private static Database Filled(int samples, Func<int, int, double> value)
    {
        var database = Database.InMemory(Options, new FakeTimeProvider());
        var references = new SeriesRef[Series];
        for (var sample = 0; sample < samples; sample++)
        {
            // As pushes and remote write bring them: a thousand at a time.
            for (var from = 0; from < Series; from += 1000)
            {
                using var appender = database.Appender();
                for (var i = from; i < from + 1000; i++)
                {
                    var labels = references[i] == default ? LabelsOf(i) : Labels.Empty;
                    Assert.Equal(AppendStatus.Appended, appender.Append(ref references[i], labels, 1_800_000_000_000 + (sample * 15_000), value(i, sample)));
                }

                appender.Commit();
            }
        }

        return database;
    }

    private double BytesPerSeries(string what, int samples, Func<int, int, double> value)
    {
        using var warm = Filled(1, value);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var database = Filled(samples, value);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Series;
        output.WriteLine($"{what}: {bytes:f0} bytes for each series");
        return bytes;
    }

    [Fact]
    public void A_series_with_one_sample_takes_no_more_than_its_budget() =>
        Assert.InRange(BytesPerSeries("one sample", 1, static (i, _) => i), 0, 240);

    [Fact]
    public void A_series_that_stands_still_takes_no_more_than_its_budget() =>
        Assert.InRange(BytesPerSeries("40 samples of one value", 40, static (i, _) => i), 0, 250);

    [Fact]
    public void A_counter_takes_no_more_than_its_budget() =>
        Assert.InRange(BytesPerSeries("40 samples of a counter", 40, static (i, sample) => (i * 7919.0) + (sample * (i % 97))), 0, 345);

    [Fact]
    public void Labels_that_nobody_asks_for_any_more_are_forgotten()
    {
        using var database = Filled(1, static (i, _) => i);
        database.Step(0);
        Assert.True(AsksTwice(database));
        database.Step(600_000);
        database.Step(1_200_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(AsksTwice(database));
        var asked = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Series;
        database.Step(1_800_000);
        database.Step(2_400_000);
        var left = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Series;
        output.WriteLine($"labels as objects: {asked:f0} bytes for each series, {left:f0} after a while");
        Assert.InRange(asked, 50, 250);
        Assert.InRange(left, -10, 10);
    }

    /// <summary>Whether the second query of two gets the very labels that the first one got.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AsksTwice(Database database)
    {
        var (first, second) = (LabelsIn(database), LabelsIn(database));
        return first.Count == Series && first.Zip(second).All(static p => ReferenceEquals(p.First, p.Second));
    }

    private static List<Labels> LabelsIn(Database database)
    {
        using var querier = database.Querier(0, long.MaxValue);
        var found = new List<Labels>();
        for (var set = querier.Select(false, null, []); set.MoveNext();)
        {
            found.Add(set.Current.Labels);
        }

        return found;
    }
}
