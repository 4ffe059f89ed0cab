using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>What only some series have. The lock of the series' row guards it; what readers were given stays as it is.</summary>
internal sealed class SeriesExtra
{
    private HeadChunk[] _closed = [];
    private int _count;

    /// <summary>The closed chunks.</summary>
    public ReadOnlyMemory<HeadChunk> Closed => _closed.AsMemory(0, _count);

    /// <summary>The open chunk of histograms.</summary>
    public HistogramRun? OpenRun { get; set; }

    /// <summary>The newest in-order sample where that is a histogram.</summary>
    public FloatHistogram? LastHistogram { get; set; }

    public LateSamples? Late { get; set; }

    public StartList? Starts { get; set; }

    /// <summary>The ranges of times whose samples were deleted.</summary>
    public Interval[] Deleted { get; set; } = [];

    /// <summary>How many samples older versions have that readers hold.</summary>
    public List<(long Version, uint Count)>? Older { get; set; }

    /// <summary>Whether nothing of this needs to be kept.</summary>
    public bool IsEmpty =>
        _count == 0 && OpenRun is null && LastHistogram is null && Late is null && Starts is null && Deleted.Length == 0 && Older is null;

    /// <summary>Takes over the closed chunks.</summary>
    public void SetClosed(HeadChunk[] closed) => (_closed, _count) = (closed, closed.Length);

    public void AddClosed(HeadChunk chunk)
    {
        if (_count == _closed.Length)
        {
            var larger = new HeadChunk[Math.Max(2, _count + (_count / 2))];
            _closed.CopyTo(larger, 0);
            _closed = larger;
        }

        _closed[_count++] = chunk;
    }

    /// <summary>Drops the closed chunks whose samples all come before <paramref name="time"/>.</summary>
    public void DropClosed(long time)
    {
        var from = 0;
        while (from < _count && _closed[from].MaxTime < time)
        {
            from++;
        }

        if (from > 0)
        {
            // A new array: readers hold the old one, which holds the chunks.
            SetClosed(_closed[from.._count]);
        }
    }
}
