using Tallygate.Model;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>The samples of one series as columns, in ascending time. Filled for one series after the other, so that the room is used again.</summary>
internal sealed class SeriesColumns
{
    private const int FirstRoom = 128;

    private long[] _times = new long[FirstRoom];
    private double[] _values = new double[FirstRoom];

    /// <summary>The number of floats.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    public List<HPoint> Histograms { get; } = [];

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
    public void Read(ISeries series, long minTime, long maxTime, bool keepStale)
    {
        Clear();
        var cursor = series.Samples(minTime, maxTime);
        while (true)
        {
            if (Count == _times.Length)
            {
                Grow();
            }

            var read = cursor.Read(_times.AsSpan(Count), _values.AsSpan(Count));
            if (read > 0)
            {
                Count = keepStale ? Count + read : Compact(Count, Count + read);
            }
            else if (cursor.Next == SampleKind.Histogram)
            {
                var histogram = cursor.ReadHistogram(out var time);
                if (keepStale || !StaleMarker.Is(histogram.Sum))
                {
                    Histograms.Add(new HPoint(time, histogram));
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
    }

    private int Compact(int from, int to)
    {
        var kept = from;
        for (var i = from; i < to; i++)
        {
            if (!StaleMarker.Is(_values[i]))
            {
                _times[kept] = _times[i];
                _values[kept++] = _values[i];
            }
        }

        return kept;
    }

    private void Grow()
    {
        Array.Resize(ref _times, _times.Length * 2);
        Array.Resize(ref _values, _values.Length * 2);
    }
}
