using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Reads the in-order samples of a view. It always holds the next sample in hand, so that it knows what comes; the ones behind it are
/// decoded straight into the caller's spans.
/// </summary>
internal sealed class HeadCursor : ISampleCursor
{
    private readonly SeriesView _view;
    private readonly long _minTime;
    private readonly long _maxTime;
    private int _chunk;
    private long _visibleInClosed;
    private XorDecoder _floats;
    private HistogramRun? _run;
    private HistogramDecoder? _encoded;
    private int _runAt;
    private int _runCount;
    private long _time;
    private double _value;

    public HeadCursor(in SeriesView view, long minTime, long maxTime)
    {
        _view = view;
        _minTime = minTime;
        _maxTime = maxTime;
        _visibleInClosed = view.VisibleInClosed;
        if (minTime <= maxTime)
        {
            SkipChunks();
            Advance();
        }
    }

    public SampleKind Next { get; private set; }

    public int Read(Span<long> times, Span<double> values)
    {
        var read = 0;
        while (read < times.Length && Next == SampleKind.Float)
        {
            times[read] = _time;
            values[read++] = _value;
            var decoded = _floats.Read(times[read..], values[read..]);
            if (decoded > 0 && _floats.Time > _maxTime)
            {
                while (decoded > 0 && times[read + decoded - 1] > _maxTime)
                {
                    decoded--;
                }

                Next = SampleKind.None;
                return read + decoded;
            }

            read += decoded;
            Advance();
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time)
    {
        if (Next != SampleKind.Histogram)
        {
            throw new InvalidOperationException("the next sample is no histogram");
        }

        time = _time;
        if (_encoded is not null)
        {
            var current = _encoded.Current();
            Advance();
            return current;
        }

        var copy = _run![_runAt].Histogram.Copy();
        copy.CounterResetHint = _run.HintAt(_runAt++);
        Advance();
        return copy;
    }

    // Whole chunks before the range are not looked into.
    private void SkipChunks()
    {
        var closed = _view.Closed.Span;
        if (_visibleInClosed == SeriesView.All)
        {
            var (from, to) = (0, closed.Length);
            while (from < to)
            {
                var middle = (from + to) >> 1;
                (from, to) = closed[middle].MaxTime < _minTime ? (middle + 1, to) : (from, middle);
            }

            _chunk = from;
            return;
        }

        while (_chunk < closed.Length && closed[_chunk].MaxTime < _minTime && _visibleInClosed > 0)
        {
            _visibleInClosed = Math.Max(0, _visibleInClosed - closed[_chunk++].Count);
        }
    }

    // Takes the next sample of the range in hand.
    private void Advance()
    {
        do
        {
            if (TryTakeFloat() || TryTakeHistogram())
            {
                if (_time > _maxTime)
                {
                    Next = SampleKind.None;
                }

                return;
            }
        }
        while (TryOpenChunk());

        Next = SampleKind.None;
    }

    private bool TryTakeFloat()
    {
        if (!_floats.SkipTo(_minTime))
        {
            return false;
        }

        (_time, _value) = (_floats.Time, BitConverter.Int64BitsToDouble(_floats.Bits));
        Next = SampleKind.Float;
        return true;
    }

    private bool TryTakeHistogram()
    {
        while (_encoded is not null && _encoded.MoveNext())
        {
            _time = _encoded.Time;
            if (_time >= _minTime)
            {
                Next = SampleKind.Histogram;
                return true;
            }
        }

        for (; _run is not null && _runAt < _runCount; _runAt++)
        {
            _time = _run[_runAt].Time;
            if (_time >= _minTime)
            {
                Next = SampleKind.Histogram;
                return true;
            }
        }

        _run = null;
        return false;
    }

    private bool TryOpenChunk()
    {
        var closed = _view.Closed.Span;
        if (_chunk < closed.Length && _visibleInClosed > 0)
        {
            ref readonly var chunk = ref closed[_chunk++];
            if (chunk.MinTime > _maxTime)
            {
                return false;
            }

            var count = (int)Math.Min(chunk.Count, _visibleInClosed);
            _visibleInClosed = _visibleInClosed == SeriesView.All ? SeriesView.All : _visibleInClosed - count;
            Open(chunk.Data, chunk.Offset, chunk.Length, count);
            return true;
        }

        if (_chunk <= closed.Length && _view.VisibleInOpen > 0 && _view.OpenMinTime <= _maxTime)
        {
            _chunk = closed.Length + 1;
            Open(_view.Open!, 0, _view.OpenLength, _view.VisibleInOpen);
            return true;
        }

        return false;
    }

    private void Open(object data, int offset, int length, int count)
    {
        _encoded = null;
        if (data is EncodedHistograms encoded)
        {
            _encoded = encoded.Decoder(count);
        }
        else if (data is HistogramRun run)
        {
            (_run, _runAt, _runCount) = (run, 0, count);
        }
        else
        {
            _floats = new XorDecoder((byte[])data, offset, length, count);
        }
    }
}
