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
        var rows = new SeriesRows();
        var map = new SeriesMap(rows, labels => hashes == 0 ? labels.Hash() : (ulong)labels.Get("i").Length % (ulong)hashes);
        var rowOf = new Dictionary<int, int>();
        for (var i = 0; i < 500; i++)
        {
            Assert.Equal(0, Find(i));
            rowOf[i] = rows.Add(i + 1, LabelsOf(i), map.HashOf(LabelsOf(i)));
            map.Add(rowOf[i]);
        }

        Assert.All(rowOf, r => Assert.Equal(r.Value, Find(r.Key)));
        foreach (var (i, row) in rowOf.Where(r => r.Key % 3 == 0))
        {
            map.Remove(row);
        }

        Assert.All(rowOf, r => Assert.Equal(r.Key % 3 == 0 ? 0 : r.Value, Find(r.Key)));

        // Places that were left are used again, without end.
        for (var round = 0; round < 20; round++)
        {
            foreach (var (i, row) in rowOf.Where(r => r.Key % 3 == 0))
            {
                map.Add(row);
                Assert.Equal(row, Find(i));
                map.Remove(row);
            }
        }

        Assert.All(rowOf, r => Assert.Equal(r.Key % 3 == 0 ? 0 : r.Value, Find(r.Key)));

        int Find(int i) => map.Find(LabelsOf(i), map.HashOf(LabelsOf(i)));
    }

    private static Labels LabelsOf(int i) => Labels.Of("i", $"{i}", "x", "y");
}
