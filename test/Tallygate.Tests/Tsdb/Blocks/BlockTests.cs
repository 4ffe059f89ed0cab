using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Records;
using Tallygate.Wal.Simulation;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb.Blocks;

/// <summary>A block gives back what was written to it, and tells damage.</summary>
public sealed class BlockTests
{
    private static List<StorageReading.Series> Read(Block block, long minTime = long.MinValue, long maxTime = long.MaxValue, params LabelMatcher[] matchers)
    {
        using var querier = new BlockQuerier(block, minTime, maxTime);
        return StorageReading.Drain(querier.Select(true, null, matchers));
    }

    private static void AssertHolds(BlockTruth truth, List<StorageReading.Series> read, long minTime = long.MinValue, long maxTime = long.MaxValue)
    {
        Assert.Equal(truth.Series.Keys, read.Select(r => r.Labels));
        foreach (var series in read)
        {
            var expected = truth.Series[series.Labels].Where(s => s.Time >= minTime && s.Time <= maxTime).ToList();
            Assert.Equal(expected.Select(s => s.Time), series.Samples.Select(s => s.Time));
            foreach (var (want, have) in expected.Zip(series.Samples))
            {
                if (want.Histogram is null)
                {
                    Assert.Equal(BitConverter.DoubleToInt64Bits(want.Value), BitConverter.DoubleToInt64Bits(have.Value));
                }
                else
                {
                    HistogramChunkTests.AssertSame(want.Histogram, have.Histogram!);
                }
            }
        }
    }

    [Fact]
    public void Samples_come_out_as_they_went_in()
    {
        var files = new SimulatedFileSystem(1);
        var truth = BlockTruth.Make(1, series: 50, samples: 400);
        using var block = Block.Open(files, truth.Write(files, "/data"));
        AssertHolds(truth, Read(block));
        AssertHolds(truth, Read(block, 1_000_000, 2_000_000), 1_000_000, 2_000_000);
        Assert.Equal(50, block.Meta.Stats.Series);
        Assert.Equal(50 * 400, block.Meta.Stats.Samples);
        Assert.Equal(50 / 7 * 400, block.Meta.Stats.HistogramSamples);
        block.Verify();
    }

    [Fact]
    public void Matchers_find_what_they_describe()
    {
        var files = new SimulatedFileSystem(1);
        var truth = BlockTruth.Make(2, series: 60, samples: 3);
        using var block = Block.Open(files, truth.Write(files, "/data"));
        LabelMatcher[][] conditions =
        [
            [new(MatchType.Equal, "__name__", "requests_total")],
            [new(MatchType.Equal, "even", "")],
            [new(MatchType.Regexp, "instance", "host-[1-3].*"), new(MatchType.NotEqual, "__name__", "temperature")],
            [new(MatchType.NotRegexp, "instance", "host-.")],
            [new(MatchType.Equal, "nothing", "there")],
            [new(MatchType.NotEqual, "odd", "")],
        ];
        using var querier = new BlockQuerier(block, long.MinValue, long.MaxValue);
        foreach (var matchers in conditions)
        {
            var expected = truth.Series.Keys.Where(l => matchers.All(m => m.Matches(l))).ToList();
            Assert.Equal(expected, Read(block, long.MinValue, long.MaxValue, matchers).Select(s => s.Labels));
            Assert.Equal(
                expected.Select(l => l.Get("instance")).Distinct().Order(Utf8Order.Instance), querier.LabelValues("instance", matchers, 0));
        }

        Assert.Equal(["__name__", "even", "instance", "odd"], querier.LabelNames([], 0));
        Assert.Equal(["requests_total", "temperature"], querier.LabelValues("__name__", [], 0));
    }

    [Fact]
    public void Deleted_samples_are_gone_and_stay_gone()
    {
        var files = new SimulatedFileSystem(1);
        var truth = BlockTruth.Make(3, series: 10, samples: 300);
        var path = truth.Write(files, "/data");
        using (var block = Block.Open(files, path))
        {
            var ids = block.Index.All.Ids;
            block.Delete(new Dictionary<int, Interval[]>
            {
                [ids[0]] = [new(0, 100_000), new(1_000_000, 1_500_000)],
                [ids[^1]] = [new(long.MinValue, long.MaxValue)],
            });
        }

        using var again = Block.Open(files, path);
        Assert.Equal(3, again.Meta.Stats.Tombstones);
        var first = truth.Series.First();
        truth.Series[first.Key] = first.Value.FindAll(s => s.Time is not ((>= 0 and <= 100_000) or (>= 1_000_000 and <= 1_500_000)));
        truth.Series.Remove(truth.Series.Keys.Last());
        AssertHolds(truth, Read(again));
    }

    [Fact]
    public void Every_flipped_byte_is_told_or_harmless()
    {
        var files = new SimulatedFileSystem(1);
        var truth = BlockTruth.Make(4, series: 8, samples: 130);
        var path = truth.Write(files, "/data", mark: new HeadMark(7_200_000, 17, 4));
        var told = 0;
        foreach (var name in new[] { "meta.json", "index", "tombstones", "chunks/000001" })
        {
            var file = Path.Combine(path, name);
            for (var at = 0; at < files.Bytes(file).Length; at++)
            {
                foreach (var mask in new byte[] { 0x01, 0x80 })
                {
                    files.Flip(file, at, mask);
                    try
                    {
                        using var block = Block.Open(files, path);
                        AssertHolds(truth, Read(block));
                    }
                    catch (TsdbCorruptionException e)
                    {
                        told++;
                        Assert.StartsWith(path, e.File, StringComparison.Ordinal);
                        Assert.Contains(e.File, e.Message, StringComparison.Ordinal);
                    }

                    files.Flip(file, at, mask);
                }
            }
        }

        Assert.InRange(told, 1000, int.MaxValue);
    }

    [Fact]
    public void A_crash_leaves_a_whole_block_or_none()
    {
        var truth = BlockTruth.Make(5, series: 5, samples: 50);
        for (var at = 0; ; at++)
        {
            var files = new SimulatedFileSystem(at) { DiesAt = at };
            var died = false;
            try
            {
                truth.Write(files, "/data");
            }
            catch (SimulatedCrashException)
            {
                died = true;
            }

            files.PowerLoss();
            var names = files.ListDirectories("/data").Where(Ulid.IsValid).ToList();
            foreach (var name in names)
            {
                using var block = Block.Open(files, "/data/" + name);
                AssertHolds(truth, Read(block));
            }

            if (!died)
            {
                Assert.Single(names);
                return;
            }
        }
    }

    [Fact]
    public void Names_sort_by_time_and_tell_it()
    {
        var names = new[] { 0L, 1, 1_700_000_000_000, (1L << 48) - 1 }.Select(Ulid.New).ToList();
        Assert.Equal(names, names.Order(StringComparer.Ordinal));
        Assert.Equal([0L, 1, 1_700_000_000_000, (1L << 48) - 1], names.Select(Ulid.TimeOf));
        Assert.All(names, n => Assert.True(Ulid.IsValid(n)));
        Assert.False(Ulid.IsValid("01M81PAJ0SVP8JD05QZH1CR4YI"));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), Ulid.TimeOf(Ulid.New(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds())));
    }
}
