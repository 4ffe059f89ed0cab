using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tests.Tsdb;

/// <summary>What becomes of the rows of series that are dropped while somebody holds them.</summary>
public sealed class SeriesReuseTests
{
    private readonly HeadBlock _head = new(new HeadOptions(null, null, null, 7_200_000));

    private static Labels LabelsOf(int i) => Labels.Of("__name__", "m", "i", $"{i}");

    private void Commit(int from, int to, long time)
    {
        using var appender = _head.Appender(time);
        for (var i = from; i < to; i++)
        {
            SeriesRef reference = default;
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, LabelsOf(i), time, i));
        }

        appender.Commit();
    }

    [Fact]
    public void An_image_can_tell_the_labels_of_series_that_were_dropped_since()
    {
        Commit(0, 50, 1000);
        var image = _head.Image(long.MinValue);
        Assert.Equal(50, _head.DropBefore(2000));
        Commit(50, 100, 3000);
        Commit(50, 100, 4000);
        Assert.Equal(
            Enumerable.Range(0, 50).Select(LabelsOf).Order(),
            image.Series.Select(static s => s.Series!.Value.Labels).Order());
        image.Dispose();
        Commit(50, 100, 5000);
        Assert.All(image.Series, static s => Assert.Equal(Labels.Empty, s.Series!.Value.Labels));
    }

    [Fact]
    public void A_reader_goes_on_reading_series_that_were_dropped_since()
    {
        Commit(0, 50, 1000);
        using (var querier = new HeadQuerier(_head, _head.Versions.Acquire(), 0, long.MaxValue))
        {
            var set = querier.Select(true, null, []);
            _head.DropBefore(2000);
            Commit(50, 100, 3000);
            Commit(100, 150, 4000);
            var read = new List<(Labels, double)>();
            var (times, values) = (new long[4], new double[4]);
            while (set.MoveNext())
            {
                Assert.Equal(1, set.Current.Samples(0, long.MaxValue).Read(times, values));
                read.Add((set.Current.Labels, values[0]));
            }

            Assert.Equal(Enumerable.Range(0, 50).Select(static i => (LabelsOf(i), (double)i)).OrderBy(static s => s.Item1), read);
        }

        Commit(150, 200, 5000);
        Assert.Equal(150, _head.SeriesCount);
    }

    [Fact]
    public void A_batch_whose_series_were_dropped_meanwhile_makes_them_anew()
    {
        Commit(0, 50, 1000);
        using var appender = _head.Appender(5000);
        for (var i = 0; i < 50; i++)
        {
            SeriesRef reference = default;
            Assert.Equal(AppendStatus.Appended, appender.Append(ref reference, LabelsOf(i), 5000, i));
        }

        _head.DropBefore(2000);
        Commit(50, 100, 3000);
        Commit(100, 150, 4000);
        appender.Commit();
        Assert.Equal(150, _head.SeriesCount);
        for (var i = 0; i < 50; i++)
        {
            var series = _head.FindOrCreate(LabelsOf(i));
            Assert.Equal(BitConverter.DoubleToInt64Bits(i), series.LastBits);
            Assert.Equal(LabelsOf(i), series.Labels);
        }
    }

    [Fact]
    public void Series_that_come_and_go_leave_nothing_behind()
    {
        Commit(0, 1000, 1000);
        var bytes = _head.FlatBytes;
        for (var round = 2; round < 30; round++)
        {
            Commit(round * 1000, (round * 1000) + 1000, round * 1000);
            _head.DropBefore(round * 1000);
            Assert.Equal(1000, _head.SeriesCount);
        }

        // Those that are there, those that come, and those of two commits that may still be held, whatever came before.
        Assert.InRange(_head.FlatBytes, bytes, 4 * bytes);
    }
}
