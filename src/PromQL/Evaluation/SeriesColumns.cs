using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>The samples of one series as columns, in ascending time. Filled for one series after the other, so that the room is used again.</summary>
internal sealed class SeriesColumns
{
    private const int FirstRoom = 128;

    // Between two pieces the query can be ended.
    private const int MostAtOnce = 1 << 16;

    private long[] _times = new long[FirstRoom];
    private double[] _values = new double[FirstRoom];
    private long[] _starts = [];
    private readonly List<long> _histogramStarts = [];
    private bool _hasStarts;

    /// <summary>The number of floats.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>The start times of the floats; empty where they were not asked for or no sample has one.</summary>
    public ReadOnlySpan<long> Starts => _hasStarts ? _starts.AsSpan(0, Count) : [];

    public List<HPoint> Histograms { get; } = [];

    /// <summary>The start times of the histograms, as <see cref="Starts"/>.</summary>
    public ReadOnlySpan<long> HistogramStarts => _hasStarts ? CollectionsMarshal.AsSpan(_histogramStarts) : [];

    public int CountSamples()
    {
        var count = Count;
        foreach (var point in Histograms)
        {
            count += Row.Weight(point.Histogram);
        }

        return count;
    }

    /// <summary>Reads a stored series within the range, both ends inclusive.</summary>
    /// <param name="keepStale">Whether stale markers stay: they end the look-back of an instant selector, and are nothing to a window.</param>
    /// <param name="withStarts">Whether start times are wanted.</param>
    /// <param name="skipsBuckets">Whether nobody will look at the buckets of histograms.</param>
    /// <param name="limiter">Told of what is read while it is read: a series may be long.</param>
    public void Read(ISeries series, long minTime, long maxTime, bool keepStale, bool withStarts, bool skipsBuckets, SampleLimiter limiter)
    {
        Clear();
        limiter.Work(1);
        FloatHistogram? before = null;
        if (withStarts && _starts.Length < _times.Length)
        {
            _starts = new long[_times.Length];
        }

        var cursor = series.Samples(minTime, maxTime);
        while (true)
        {
            if (Count == _times.Length)
            {
                limiter.Foresee(Count);
                Grow();
            }

            var room = Math.Min(_times.Length - Count, MostAtOnce);
            var read = withStarts
                ? cursor.Read(_times.AsSpan(Count, room), _values.AsSpan(Count, room), _starts.AsSpan(Count, room))
                : cursor.Read(_times.AsSpan(Count, room), _values.AsSpan(Count, room));
            if (read > 0)
            {
                limiter.Work(read);
                _hasStarts |= withStarts && _starts.AsSpan(Count, read).ContainsAnyExcept(0);
                Count = keepStale ? Count + read : Compact(Count, Count + read);
            }
            else if (cursor.Next == SampleKind.Histogram)
            {
                var start = 0L;
                var histogram = withStarts ? cursor.ReadHistogram(out var time, out start) : cursor.ReadHistogram(out time);
                limiter.Work(16);
                if (skipsBuckets && !StaleMarker.Is(histogram.Sum))
                {
                    (before, histogram) = (histogram, HistogramHints.WithoutBuckets(histogram, before));
                }

                if (keepStale || !StaleMarker.Is(histogram.Sum))
                {
                    Histograms.Add(new HPoint(time, histogram));
                    _histogramStarts.Add(start);
                    _hasStarts |= start != 0;
                }
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Takes the samples of a row over a grid.</summary>
    public void Read(Row row, in Grid grid)
    {
        Clear();
        for (var step = 0; step < row.Steps; step++)
        {
            if (row.HistogramAt(step) is { } histogram)
            {
                Histograms.Add(new HPoint(grid.At(step), HistogramHints.Forget(histogram)));
            }
            else if (row.HasFloat(step))
            {
                if (Count == _times.Length)
                {
                    Grow();
                }

                _times[Count] = grid.At(step);
                _values[Count++] = row.Values[step];
            }
        }
    }

    private void Clear()
    {
        Count = 0;
        Histograms.Clear();
        _histogramStarts.Clear();
        _hasStarts = false;
    }

    private int Compact(int from, int to)
    {
        var first = MemoryMarshal.Cast<double, long>(_values.AsSpan(from, to - from)).IndexOf(StaleMarker.Bits);
        if (first < 0)
        {
            return to;
        }

        from += first;
        var kept = from;
        for (var i = from; i < to; i++)
        {
            if (!StaleMarker.Is(_values[i]))
            {
                _times[kept] = _times[i];
                _values[kept] = _values[i];
                if (_hasStarts)
                {
                    _starts[kept] = _starts[i];
                }

                kept++;
            }
        }

        return kept;
    }

    private void Grow()
    {
        Array.Resize(ref _times, _times.Length * 2);
        Array.Resize(ref _values, _values.Length * 2);
        if (_starts.Length > 0)
        {
            Array.Resize(ref _starts, _times.Length);
        }
    }
}
