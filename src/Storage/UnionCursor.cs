using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Storage;

/// <summary>Merges two cursors by time; of two samples at one time the first cursor's counts.</summary>
public sealed class UnionCursor : ISampleCursor
{
    private readonly Side _first;
    private readonly Side _second;
    private Side? _last;

    /// <param name="first">The cursor whose samples count where both have one.</param>
    /// <param name="second">The other one.</param>
    public UnionCursor(ISampleCursor first, ISampleCursor second)
    {
        _first = new Side(first);
        _second = new Side(second);
    }

    /// <inheritdoc/>
    public SampleKind Next => Earlier()?.Kind ?? SampleKind.None;

    /// <inheritdoc/>
    public int Read(Span<long> times, Span<double> values) => Read(times, values, []);

    /// <inheritdoc/>
    public int Read(Span<long> times, Span<double> values, Span<long> starts)
    {
        var read = 0;
        while (read < times.Length && Earlier() is { Kind: SampleKind.Float } side)
        {
            times[read] = side.Time;
            values[read] = side.Value;
            if (!starts.IsEmpty)
            {
                starts[read] = side.Start;
            }

            read++;
            _last = side;
            Advance(side);
        }

        return read;
    }

    /// <inheritdoc/>
    public FloatHistogram ReadHistogram(out long time) => ReadHistogram(out time, out _);

    /// <inheritdoc/>
    public FloatHistogram ReadHistogram(out long time, out long start)
    {
        if (Earlier() is not { Kind: SampleKind.Histogram } side)
        {
            throw new InvalidOperationException("the next sample is no histogram");
        }

        (time, start) = (side.Time, side.Start);
        var histogram = side.Histogram!;
        if (_last != side && histogram.CounterResetHint != CounterResetHint.Gauge)
        {
            // Its hint speaks of another sample than the one that was read last.
            histogram.CounterResetHint = CounterResetHint.Unknown;
        }

        _last = side;
        Advance(side);
        return histogram;
    }

    private Side? Earlier()
    {
        if (_first.Kind == SampleKind.None)
        {
            return _second.Kind == SampleKind.None ? null : _second;
        }

        return _second.Kind == SampleKind.None || _first.Time <= _second.Time ? _first : _second;
    }

    private void Advance(Side side)
    {
        if (_first.Kind != SampleKind.None && _second.Kind != SampleKind.None && _first.Time == _second.Time)
        {
            _second.MoveNext();
            _first.MoveNext();
        }
        else
        {
            side.MoveNext();
        }
    }

    /// <summary>A cursor with its next sample in hand.</summary>
    private sealed class Side
    {
        private const int Batch = 128;
        private readonly ISampleCursor _cursor;
        private readonly long[] _times = new long[Batch];
        private readonly double[] _values = new double[Batch];
        private readonly long[] _starts = new long[Batch];
        private int _at;
        private int _count;

        public Side(ISampleCursor cursor)
        {
            _cursor = cursor;
            MoveNext();
        }

        public SampleKind Kind { get; private set; }

        public long Time { get; private set; }

        public double Value => _values[_at];

        public long Start { get; private set; }

        public FloatHistogram? Histogram { get; private set; }

        public void MoveNext()
        {
            if (Kind == SampleKind.Float && ++_at < _count)
            {
                (Time, Start) = (_times[_at], _starts[_at]);
                return;
            }

            Kind = _cursor.Next;
            _at = 0;
            _count = 0;
            Histogram = null;
            if (Kind == SampleKind.Float)
            {
                _count = _cursor.Read(_times, _values, _starts);
                (Time, Start) = (_times[0], _starts[0]);
            }
            else if (Kind == SampleKind.Histogram)
            {
                Histogram = _cursor.ReadHistogram(out var time, out var start);
                (Time, Start) = (time, start);
            }
        }
    }
}
