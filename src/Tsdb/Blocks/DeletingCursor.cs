using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Leaves out the samples of a cursor that were deleted.</summary>
internal sealed class DeletingCursor(ISampleCursor inner, Interval[] deleted) : ISampleCursor
{
    private readonly long[] _times = new long[128];
    private readonly double[] _values = new double[128];
    private int _at;
    private int _count;
    private FloatHistogram? _histogram;
    private long _histogramTime;
    private bool _skipped;

    public SampleKind Next
    {
        get
        {
            Fill();
            return _at < _count ? SampleKind.Float : _histogram is not null ? SampleKind.Histogram : SampleKind.None;
        }
    }

    public int Read(Span<long> times, Span<double> values)
    {
        var read = 0;
        while (read < times.Length && Next == SampleKind.Float)
        {
            times[read] = _times[_at];
            values[read++] = _values[_at++];
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time)
    {
        Fill();
        var histogram = _at < _count || _histogram is null ? throw new InvalidOperationException("the next sample is no histogram") : _histogram;
        time = _histogramTime;
        _histogram = null;
        return histogram;
    }

    private void Fill()
    {
        while (_at == _count && _histogram is null && inner.Next is var kind && kind != SampleKind.None)
        {
            if (kind == SampleKind.Histogram)
            {
                var histogram = inner.ReadHistogram(out _histogramTime);
                if (Interval.Hold(deleted, _histogramTime))
                {
                    _skipped = true;
                    continue;
                }

                if (_skipped && histogram.CounterResetHint != CounterResetHint.Gauge)
                {
                    // Its hint speaks of a sample that is gone.
                    histogram.CounterResetHint = CounterResetHint.Unknown;
                }

                _skipped = false;
                _histogram = histogram;
                continue;
            }

            var read = inner.Read(_times, _values);
            (_at, _count) = (0, 0);
            for (var i = 0; i < read; i++)
            {
                if (!Interval.Hold(deleted, _times[i]))
                {
                    (_times[_count], _values[_count]) = (_times[i], _values[i]);
                    _count++;
                }
            }
        }
    }
}
