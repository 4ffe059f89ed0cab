using Tallygate.Model;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tests.Tsdb;

public sealed class SeriesMapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    public void Series_with_the_same_hash_are_told_apart(int hashes)
    {
        var map = new SeriesMap(labels => hashes == 0 ? labels.Hash() : (ulong)labels.Get("i").Length % (ulong)hashes);
        var all = Enumerable.Range(0, 500).Select(i => new MemSeries(i, Labels.Of("i", $"{i}", "x", "y"))).ToList();
        foreach (var series in all)
        {
            Assert.Null(map.Find(series.Labels));
            map.Add(series);
        }

        foreach (var series in all)
        {
            Assert.Same(series, map.Find(Labels.Of("i", $"{series.Id}", "x", "y")));
        }

        foreach (var series in all.Where(s => s.Id % 3 == 0))
        {
            map.Remove(series);
        }

        foreach (var series in all)
        {
            Assert.Same(series.Id % 3 == 0 ? null : series, map.Find(series.Labels));
        }
    }
}
