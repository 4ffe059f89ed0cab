using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Tsdb;

/// <summary>A series in several places whose times lie side by side or over each other: each time comes once, from the first place that has it.</summary>
public sealed class JoinedSeriesTests
{
    private static readonly Labels _labels = Labels.Of("__name__", "m");

    [Fact]
    public void A_head_that_still_has_what_two_blocks_hold_doubles_nothing()
    {
        // A crash between the last block of a cut and the truncation of the head leaves it so.
        var joined = new JoinedSeries([Part(0, 9, 1), Part(10, 19, 1), Part(20, 29, 1), Part(10, 39, 2)]);
        var samples = StorageReading.Floats(joined.Samples(0, 100));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => ((long)i, i < 30 ? 1.0 : 2.0)), samples);
    }

    [Fact]
    public void Any_places_give_what_a_map_gives()
    {
        var random = new Random(5);
        for (var round = 0; round < 300; round++)
        {
            var parts = new List<JoinedSeries.Part>();
            var truth = new SortedDictionary<long, double>();
            for (var i = random.Next(1, 7); i > 0; i--)
            {
                var from = random.Next(60);
                var to = from + random.Next(30);
                parts.Add(Part(from, to, i));
                for (var time = from; time <= to; time++)
                {
                    truth.TryAdd(time, i);
                }
            }

            var (first, last) = (random.Next(50), random.Next(40, 100));
            var samples = StorageReading.Floats(new JoinedSeries(parts).Samples(first, last));
            Assert.Equal(truth.Where(t => t.Key >= first && t.Key <= last).Select(t => (t.Key, t.Value)), samples);
        }
    }

    private static JoinedSeries.Part Part(long from, long to, double value)
    {
        var storage = new InMemoryStorage();
        using (var appender = storage.Appender())
        {
            SeriesRef reference = default;
            for (var time = from; time <= to; time++)
            {
                appender.Append(ref reference, _labels, time, value);
            }

            appender.Commit();
        }

        var set = storage.Querier(long.MinValue, long.MaxValue).Select(false, null, []);
        Assert.True(set.MoveNext());
        return new JoinedSeries.Part(set.Current, from, to);
    }
}
