using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The samples that an appender has taken so far. Reusable. Knows when a series comes again in a batch, at no cost for batches whose
/// series come in ascending order, as those of scrapes do.
/// </summary>
internal sealed class AppendBatch(SeriesRows rows)
{
    private readonly Dictionary<int, int> _newest = [];
    private PendingSample[] _samples = new PendingSample[64];
    private int[] _rows = new int[64];
    private int[] _previous = new int[64];
    private int _highest = -1;
    private bool _indexed;

    public int Count { get; private set; }

    /// <summary>The newest commit when the batch began.</summary>
    public long BaseVersion { get; set; }

    /// <summary>Before which time samples were late when the batch began.</summary>
    public long BaseMinTime { get; set; }

    public Span<PendingSample> Samples => _samples.AsSpan(0, Count);

    /// <summary>Whose the sample at a place is.</summary>
    public MemSeries this[int at] => new(rows, _rows[at], _samples[at].Series);

    /// <summary>What becomes of a sample as far as this batch is concerned; it is added where that is good.</summary>
    public AppendStatus Add(MemSeries series, long time, long bits, FloatHistogram? histogram, bool allowLate, long start = 0)
    {
        var previous = NewestOf(series.Id);
        for (var at = previous; at >= 0; at = _previous[at])
        {
            ref readonly var other = ref _samples[at];
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

        Put(series, new PendingSample(series.Id, time, bits, histogram, start), previous);
        return AppendStatus.Appended;
    }

    /// <summary>Puts another series in the place of one that was dropped.</summary>
    public void Replace(int at, MemSeries series)
    {
        _rows[at] = series.Row;
        _samples[at].Series = series.Id;
    }

    /// <summary>Leaves out the samples that a commit in between has made late or doubles.</summary>
    public void LeaveOutOvertaken(long minTime, long lateFrom)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            ref readonly var sample = ref _samples[i];
            if (this[i].Judge(sample.Time, sample.Bits, sample.Histogram, minTime, lateFrom) == AppendStatus.Appended)
            {
                (_rows[count], _samples[count]) = (_rows[i], sample);
                count++;
            }
        }

        Array.Clear(_samples, count, Count - count);
        Count = count;
    }

    /// <summary>Leaves out the samples that stand in blocks.</summary>
    public void LeaveOutBefore(long time)
    {
        var count = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_samples[i].Time >= time)
            {
                (_rows[count], _samples[count]) = (_rows[i], _samples[i]);
                count++;
            }
        }

        Array.Clear(_samples, count, Count - count);
        Count = count;
    }

    public void Clear()
    {
        // Histograms must not be kept alive by a pool.
        Array.Clear(_samples, 0, Count);
        Count = 0;
        _highest = -1;
        _indexed = false;
        _newest.Clear();
    }

    private static bool IsSame(in PendingSample sample, long bits, FloatHistogram? histogram) =>
        sample.Histogram is null ? histogram is null && sample.Bits == bits : histogram is not null && sample.Histogram.HasSameBits(histogram);

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
                _newest[_samples[i].Series] = i;
            }
        }

        return _newest.TryGetValue(series, out var at) ? at : -1;
    }

    private void Put(MemSeries series, PendingSample sample, int previous)
    {
        if (Count == _samples.Length)
        {
            Array.Resize(ref _samples, Count * 2);
            Array.Resize(ref _rows, Count * 2);
            Array.Resize(ref _previous, Count * 2);
        }

        _samples[Count] = sample;
        _rows[Count] = series.Row;
        _previous[Count] = previous;
        if (_indexed)
        {
            _newest[series.Id] = Count;
        }

        _highest = Math.Max(_highest, series.Id);
        Count++;
    }
}
