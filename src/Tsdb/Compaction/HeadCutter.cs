using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Head;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Compaction;

/// <summary>Writes what the head has before a time as blocks, one for each range of times that has samples. Nothing of the head changes.</summary>
/// <param name="from">Blocks hold the in-order samples before this time already.</param>
internal sealed class HeadCutter(IWalFileSystem files, string directory, HeadBlock head, long from, long range, Func<long> now)
{
    private const int SeriesPerPiece = 512;
    private readonly SampleEncoder _encoder = new();

    /// <summary>The blocks that were written.</summary>
    public List<Block> Written { get; } = [];

    /// <summary>A block that has its name, and yet its writing failed; null where there is none.</summary>
    public string? InDoubt { get; private set; }

    /// <summary>
    /// Writes all samples up to <paramref name="version"/> that come before the mark's time; in pieces, each a moment's work. The last block
    /// carries the mark, so that it speaks only when all of them are there.
    /// </summary>
    public IEnumerable<int> Write(long version, HeadMark mark)
    {
        var series = head.SeriesByLabels();
        yield return 0;
        var starts = new SortedSet<long>();
        for (var i = 0; i < series.Count; i++)
        {
            Collect(series[i].View(version, long.MinValue), mark.MaxTime, starts);
            if (i % (SeriesPerPiece * 8) == 0)
            {
                yield return 0;
            }
        }

        foreach (var start in starts)
        {
            // The last one ends where the head is cut, if that is no even end.
            var end = Math.Min(start + range, mark.MaxTime);
            foreach (var piece in WriteRange(series, version, start, end, start == starts.Max ? mark : null))
            {
                yield return piece;
            }
        }
    }

    private IEnumerable<int> WriteRange(List<MemSeries> series, long version, long start, long end, HeadMark? mark)
    {
        var symbols = new Symbols();
        var chosen = new List<MemSeries>();
        for (var i = 0; i < series.Count; i++)
        {
            if (series[i].MayOverlap(version, start, end - 1, from))
            {
                chosen.Add(series[i]);
                symbols.Add(series[i].Labels);
            }

            if (i % (SeriesPerPiece * 8) == 0)
            {
                yield return 0;
            }
        }

        var sorted = symbols.Sorted();
        yield return 0;
        var writer = new BlockWriter(files, directory, Ulid.New(now()), sorted);
        var finished = false;
        try
        {
            for (var i = 0; i < chosen.Count; i++)
            {
                WriteSeries(chosen[i], version, start, end, writer);
                if (i % SeriesPerPiece == 0)
                {
                    yield return 0;
                }
            }

            if (writer.SampleCount > 0)
            {
                foreach (var piece in writer.Finish(new BlockMeta { Ulid = writer.Ulid, MinTime = start, MaxTime = end }, mark))
                {
                    yield return piece;
                }

                Written.Add(Block.Open(files, Path.Combine(directory, writer.Ulid)));
                finished = true;
            }
        }
        finally
        {
            if (finished)
            {
                writer.Dispose();
            }
            else if (writer.Discard())
            {
                InDoubt = writer.Ulid;
            }
        }
    }

    private void WriteSeries(MemSeries series, long version, long start, long end, BlockWriter writer)
    {
        var view = series.View(version);
        if (CanCopy(view, start, end))
        {
            foreach (ref readonly var chunk in view.Closed.Span)
            {
                if (chunk.MinTime >= start && chunk.MaxTime < end)
                {
                    var (encoding, data) = chunk.Data is EncodedHistograms histograms
                        ? (histograms.Encoding, histograms.Data.AsMemory())
                        : (ChunkEncoding.Xor, ((byte[])chunk.Data).AsMemory(chunk.Offset, chunk.Length));
                    writer.AddChunk(encoding, data.Span, chunk.Count, chunk.MinTime, chunk.MaxTime);
                }
            }

            // What is open is closed for the block only.
            if (view.VisibleInOpen > 0 && view.OpenMinTime < end)
            {
                _encoder.Write(view.Samples(Math.Max(start, view.OpenMinTime), end - 1, from), writer);
            }
        }
        else
        {
            _encoder.Write(view.Samples(start, end - 1, from), writer);
        }

        writer.EndSeries(series.Labels);
    }

    // Chunks go as they are where they lie in the range, all of them is visible, and nothing comes between.
    private bool CanCopy(in SeriesView view, long start, long end)
    {
        if (view.Deleted.Length > 0 || view.VisibleInClosed != SeriesView.All)
        {
            return false;
        }

        foreach (ref readonly var late in view.Late.Span)
        {
            if (late.Time >= start && late.Time < end && late.Version <= view.Version)
            {
                return false;
            }
        }

        foreach (ref readonly var chunk in view.Closed.Span)
        {
            var overlaps = chunk.MinTime < end && chunk.MaxTime >= start;
            if (overlaps && (chunk.Data is HistogramRun || chunk.MinTime < Math.Max(start, from) || chunk.MaxTime >= end))
            {
                return false;
            }
        }

        return true;
    }

    private void Collect(in SeriesView view, long before, SortedSet<long> starts)
    {
        foreach (ref readonly var chunk in view.Closed.Span)
        {
            Collect(chunk.MinTime, Math.Min(chunk.MaxTime, before - 1), starts);
        }

        if (view.VisibleInOpen > 0)
        {
            Collect(view.OpenMinTime, Math.Min(view.LastTime, before - 1), starts);
        }

        foreach (ref readonly var late in view.Late.Span)
        {
            if (late.Time < before && late.Version <= view.Version)
            {
                starts.Add(TimeRanges.StartOf(late.Time, range));
            }
        }
    }

    private void Collect(long first, long last, SortedSet<long> starts)
    {
        for (var start = TimeRanges.StartOf(Math.Max(first, from), range); start <= last; start += range)
        {
            starts.Add(start);
        }
    }
}
