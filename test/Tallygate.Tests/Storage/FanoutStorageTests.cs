using CsCheck;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tests.Storage;

/// <summary>A fanout over an empty store and a full one keeps the whole contract; the rest is what two stores add.</summary>
public sealed class FanoutStorageTests : StorageContract
{
    protected override (IQueryableStorage Read, IAppendableStorage Write, IDisposable? Owner) Open(bool allowOutOfOrder)
    {
        var storage = new InMemoryStorage(allowOutOfOrder);
        var fanout = new FanoutStorage(storage, [new InMemoryStorage(), storage]);
        return (fanout, fanout, null);
    }

    private static readonly Labels _both = Labels.Of("__name__", "m:pushed", "job", "both");

    private static void Put(IAppendableStorage storage, Labels labels, params (long Time, double Value)[] samples)
    {
        using var appender = storage.Appender();
        SeriesRef reference = default;
        foreach (var (time, value) in samples)
        {
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, labels, time, value));
        }

        appender.Commit();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_series_in_both_the_first_store_wins_with_a_warning(bool sorted)
    {
        var (pushes, samples) = (new InMemoryStorage(), new InMemoryStorage());
        Put(pushes, _both, (1, 1), (3, 3));
        Put(samples, _both, (2, 2), (3, 4));
        Put(samples, Labels.Of("__name__", "a"), (1, 1));
        Put(pushes, Labels.Of("__name__", "z"), (1, 1));
        var fanout = new FanoutStorage(samples, [pushes, samples]);
        using var querier = fanout.Querier(0, 10);
        var set = querier.Select(sorted, null, []);
        var all = StorageReading.Drain(set);
        Assert.Equal(3, all.Count);
        Assert.Equal([(1L, 1.0), (3L, 3.0)], all.Single(s => s.Labels.Equals(_both)).Floats);
        Assert.Contains("m:pushed", Assert.Single(set.Warnings), StringComparison.Ordinal);
        Assert.Equal(["both"], querier.LabelValues("job", [], 0));
        Assert.Equal(["a", "m:pushed"], querier.LabelValues("__name__", [], 2));
    }

    [Fact]
    public void Outside_of_the_first_stores_range_the_second_is_shown()
    {
        var (pushes, samples) = (new InMemoryStorage(), new InMemoryStorage());
        Put(pushes, _both, (100, 1));
        Put(samples, _both, (2, 2));
        using var querier = new FanoutStorage(samples, [pushes, samples]).Querier(0, 10);
        var set = querier.Select(true, null, []);
        Assert.Equal([(2L, 2.0)], Assert.Single(StorageReading.Drain(set)).Floats);
        Assert.Empty(set.Warnings);
    }

    [Fact]
    public void Appends_go_to_the_primary_alone_and_its_position_is_shown()
    {
        var (pushes, samples) = (new InMemoryStorage(), new InMemoryStorage());
        var fanout = new FanoutStorage(samples, [pushes, samples]);
        Put(fanout, _both, (1, 1));
        Assert.Empty(StorageReading.All(pushes));
        Assert.Single(StorageReading.All(samples));
        using var appender = samples.Appender();
        appender.Commit(5);
        Assert.Equal(5, fanout.DurableSourcePosition);
    }

    [Fact]
    public void A_union_of_any_two_stores_is_the_union_of_their_samples()
    {
        var samples = Gen.Select(Gen.Int[0, 3], Gen.Long[0, 40], Gen.Double[0, 9]).Array[0, 120];
        Gen.Select(samples, samples, Gen.Bool).Sample(
            (first, second, sorted) =>
            {
                var oracle = new SortedDictionary<(string Series, long Time), double>();
                var stores = new List<InMemoryStorage>();
                foreach (var list in new[] { first, second })
                {
                    var store = new InMemoryStorage(allowOutOfOrder: true);
                    using var appender = store.Appender();
                    foreach (var (series, time, value) in list)
                    {
                        SeriesRef reference = default;
                        appender.Append(ref reference, Labels.Of("s", $"{series}"), time, value);
                    }

                    appender.Commit();
                    foreach (var series in StorageReading.All(store))
                    {
                        foreach (var (time, value) in series.Floats)
                        {
                            oracle.TryAdd((series.Labels.Get("s"), time), value);
                        }
                    }

                    stores.Add(store);
                }

                using var querier = new FanoutStorage(stores[0], stores, SeriesMerge.Union).Querier(0, 100);
                var seen = StorageReading.Select(querier, sorted).OrderBy(s => s.Labels)
                    .SelectMany(s => s.Floats.Select(f => (s.Labels.Get("s"), f.Time, f.Value)));
                Assert.Equal(oracle.Select(o => (o.Key.Series, o.Key.Time, o.Value)), seen);
            },
            iter: 300);
    }
}
