using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Tests.Storage;

/// <summary>Reads stores into lists.</summary>
internal static class StorageReading
{
    public sealed record Sample(long Time, double Value, FloatHistogram? Histogram);

    public sealed record Series(Labels Labels, List<Sample> Samples)
    {
        public List<(long Time, double Value)> Floats { get; } = [.. Samples.Where(s => s.Histogram is null).Select(s => (s.Time, s.Value))];
    }

    public static List<Series> All(IQueryableStorage storage)
    {
        using var querier = storage.Querier(long.MinValue, long.MaxValue);
        return Select(querier);
    }

    public static List<Series> Select(IQuerier querier, bool sorted = true, params IReadOnlyList<LabelMatcher> matchers) =>
        Drain(querier.Select(sorted, null, matchers));

    public static List<Series> Drain(ISeriesSet set)
    {
        var all = new List<Series>();
        while (set.MoveNext())
        {
            all.Add(new Series(set.Current.Labels, Samples(set.Current.Samples(long.MinValue, long.MaxValue))));
        }

        return all;
    }

    public static List<(long Time, double Value)> Floats(ISampleCursor cursor) => new Series(Labels.Empty, Samples(cursor)).Floats;

    public static List<Sample> Samples(ISampleCursor cursor)
    {
        var samples = new List<Sample>();
        var times = new long[100];
        var values = new double[100];
        while (cursor.Next != SampleKind.None)
        {
            if (cursor.Next == SampleKind.Histogram)
            {
                var histogram = cursor.ReadHistogram(out var time);
                samples.Add(new Sample(time, 0, histogram));
            }
            else
            {
                var read = cursor.Read(times, values);
                Assert.NotEqual(0, read);
                for (var i = 0; i < read; i++)
                {
                    samples.Add(new Sample(times[i], values[i], null));
                }
            }
        }

        for (var i = 1; i < samples.Count; i++)
        {
            Assert.True(samples[i - 1].Time < samples[i].Time, "the samples are not in ascending time");
        }

        return samples;
    }
}
