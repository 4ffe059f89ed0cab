using Tallygate.Model;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Compaction;
using Tallygate.Wal;

namespace Tallygate.Tsdb;

/// <summary>
/// Makes blocks of samples that come in any order, one block for each even range of times. All is kept in memory until it is written. Of two
/// samples of a series at one time the one that comes first counts. Not thread-safe.
/// </summary>
public sealed class BlockImport
{
    private const int MaxSamples = 120;
    private readonly long _range;

    // By the start of the range, then by series.
    private readonly SortedDictionary<long, Dictionary<Labels, List<(long Time, double Value)>>> _samples = [];

    /// <param name="range">The length of the ranges.</param>
    public BlockImport(TimeSpan range) => _range = (long)range.TotalMilliseconds;

    /// <summary>How many samples were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a sample; the time is in Unix milliseconds.</summary>
    public void Add(Labels labels, long time, double value)
    {
        var start = TimeRanges.StartOf(time, _range);
        if (!_samples.TryGetValue(start, out var series))
        {
            _samples.Add(start, series = []);
        }

        if (!series.TryGetValue(labels, out var list))
        {
            series.Add(labels, list = []);
        }

        list.Add((time, value));
        Count++;
    }

    /// <summary>Writes the next block, the oldest first; null when all are written. It is durable on return.</summary>
    /// <param name="directory">Where the block is to stand.</param>
    /// <param name="now">The time of its making, Unix ms.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public BlockInfo? WriteNext(string directory, long now)
    {
        if (_samples.Count == 0)
        {
            return null;
        }

        var (start, series) = _samples.First();
        _samples.Remove(start);
        var symbols = new Symbols();
        foreach (var labels in series.Keys)
        {
            symbols.Add(labels);
        }

        var files = DiskFileSystem.Instance;
        files.CreateDirectory(directory);
        using var writer = new BlockWriter(files, directory, Ulid.New(now), symbols.Sorted());
        var run = new FloatRun();
        foreach (var labels in series.Keys.Order())
        {
            var last = long.MinValue;
            // The sort is stable, so that the sample that came first is the one that counts.
            foreach (var (time, value) in series[labels].OrderBy(static s => s.Time))
            {
                if (time == last)
                {
                    continue;
                }

                last = time;
                run.Add(time, BitConverter.DoubleToInt64Bits(value));
                if (run.Count == MaxSamples)
                {
                    writer.AddChunk(run.Take());
                }
            }

            if (run.Count > 0)
            {
                writer.AddChunk(run.Take());
            }

            writer.EndSeries(labels);
        }

        foreach (var _ in writer.Finish(new BlockMeta { Ulid = writer.Ulid, MinTime = start, MaxTime = start + _range }, null))
        {
        }

        using var block = Block.Open(files, Path.Combine(directory, writer.Ulid));
        return BlockArchive.Describe(block);
    }
}
