using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Notes;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The samples that an appender has taken so far. Reusable; it grows by pages and never copies. Knows when a series comes again in a batch,
/// at no cost for batches whose series come in ascending order, as those of scrapes do.
/// </summary>
internal sealed class AppendBatch(SeriesRows rows)
{
    private const int PageShift = 8;
    private const int PageEntries = 1 << PageShift;
    private readonly Dictionary<int, int> _newest = [];
    private readonly List<Entry[]> _pages = [new Entry[PageEntries]];

    // What few samples have: histograms and starts.
    private readonly List<(FloatHistogram? Histogram, long Start)> _rare = [];
    private int _highest = -1;
    private bool _indexed;

    public int Count { get; private set; }

    /// <summary>The newest commit when the batch began.</summary>
    public long BaseVersion { get; set; }

    /// <summary>Before which time samples were late when the batch began.</summary>
    public long BaseMinTime { get; set; }

    /// <summary>What the batch says beside its samples; null where that is nothing.</summary>
    public PendingNotes? Notes { get; set; }

    /// <summary>Whose the sample at a place is.</summary>
    public MemSeries this[int at]
    {
        get
        {
            ref readonly var entry = ref EntryAt(at);
            return new MemSeries(rows, entry.Row, entry.Series);
        }
    }

    /// <summary>The sample at a place.</summary>
    public PendingSample SampleAt(int at)
    {
        ref readonly var entry = ref EntryAt(at);
        var (histogram, start) = entry.Rare == 0 ? default : _rare[entry.Rare - 1];
        return new PendingSample(entry.Series, entry.Time, entry.Bits, histogram, start);
    }

    /// <summary>What becomes of a sample as far as this batch is concerned; it is added where that is good.</summary>
    public AppendStatus Add(MemSeries series, long time, long bits, FloatHistogram? histogram, bool allowLate, long start = 0)
    {
        var previous = NewestOf(series.Id);
        for (var at = previous; at >= 0; at = EntryAt(at).Previous)
        {
            var other = SampleAt(at);
            if (other.Time == time)
            {
                return IsSame(other, bits, histogram) ? AppendStatus.Duplicate : AppendStatus.DuplicateTimestamp;
            }

            if (!allowLate)
            {
                if (time < other.Time)
                {
                    return AppendStatus.OutOfOrder;
                }

                break;
            }
        }

        Put(series, time, bits, previous);
        if (histogram is not null || start != 0)
        {
            _rare.Add((histogram, start));
            EntryAt(Count - 1).Rare = _rare.Count;
        }

        return AppendStatus.Appended;
    }

    /// <summary>Puts another series in the place of one that was dropped.</summary>
    public void Replace(int at, MemSeries series)
    {
        ref var entry = ref EntryAt(at);
        (entry.Row, entry.Series) = (series.Row, series.Id);
    }

    /// <summary>Leaves out the samples that a commit in between has made late or doubles.</summary>
    public void LeaveOutOvertaken(long minTime, long lateFrom)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            var sample = SampleAt(i);
            if (this[i].Judge(sample.Time, sample.Bits, sample.Histogram, minTime, lateFrom) == AppendStatus.Appended)
            {
                EntryAt(count++) = EntryAt(i);
            }
        }

        Count = count;
    }

    /// <summary>Leaves out the samples that stand in blocks.</summary>
    public void LeaveOutBefore(long time)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            if (EntryAt(i).Time >= time)
            {
                EntryAt(count++) = EntryAt(i);
            }
        }

        Count = count;
    }

    public void Clear()
    {
        // Histograms must not be kept alive by a pool.
        _rare.Clear();
        Notes = null;
        Count = 0;
        _highest = -1;
        _indexed = false;
        _newest.Clear();
    }

    private static bool IsSame(in PendingSample sample, long bits, FloatHistogram? histogram) =>
        sample.Histogram is null ? histogram is null && sample.Bits == bits : histogram is not null && sample.Histogram.HasSameBits(histogram);

    private ref Entry EntryAt(int at) => ref _pages[at >> PageShift][at & (PageEntries - 1)];

    private int NewestOf(int series)
    {
        if (series > _highest)
        {
            return -1;
        }

        if (!_indexed)
        {
            _indexed = true;
            for (var i = 0; i < Count; i++)
            {
                _newest[EntryAt(i).Series] = i;
            }
        }

        return _newest.TryGetValue(series, out var at) ? at : -1;
    }

    private void Put(MemSeries series, long time, long bits, int previous)
    {
        if (Count == _pages.Count << PageShift)
        {
            _pages.Add(new Entry[PageEntries]);
        }

        EntryAt(Count) = new Entry { Time = time, Bits = bits, Row = series.Row, Series = series.Id, Previous = previous };
        if (_indexed)
        {
            _newest[series.Id] = Count;
        }

        _highest = Math.Max(_highest, series.Id);
        Count++;
    }

    private struct Entry
    {
        public long Time;
        public long Bits;
        public int Row;
        public int Series;

        /// <summary>The sample of the same series before it, or -1.</summary>
        public int Previous;

        /// <summary>Which of the rare things it has, from 1; 0: none.</summary>
        public int Rare;
    }
}
