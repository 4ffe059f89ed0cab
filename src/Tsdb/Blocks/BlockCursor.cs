using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Reads the samples of one series of a block. Chunks that lie together are read together. It always holds the next sample in hand; the
/// ones behind it are decoded straight into the caller's spans. Not thread-safe.
/// </summary>
internal sealed class BlockCursor : ISampleCursor
{
    // A chunk has about a kilobyte: so much is read beyond what is known to be needed.
    private const int TailBytes = 1280;
    private const int MaxWindow = 64 * 1024;

    private readonly ChunkFileReader _reader;
    private readonly ChunkMeta[] _chunks;
    private readonly long _minTime;
    private readonly long _maxTime;
    private int _next;
    private byte[] _window = [];
    private ulong _windowStart;
    private ulong _reference;
    private XorDecoder _floats;
    private HistogramDecoder? _histograms;
    private long _time;
    private double _value;

    public BlockCursor(ChunkFileReader reader, ChunkMeta[] chunks, long minTime, long maxTime)
    {
        _reader = reader;
        _chunks = chunks;
        _minTime = minTime;
        _maxTime = maxTime;
        if (minTime <= maxTime)
        {
            var (from, to) = (0, chunks.Length);
            while (from < to)
            {
                var middle = (from + to) >> 1;
                (from, to) = chunks[middle].MaxTime < minTime ? (middle + 1, to) : (from, middle);
            }

            _next = from;
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
            CheckFloats();
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
        var histogram = _histograms!.Current();
        Advance();
        return histogram;
    }

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
        var found = _floats.SkipTo(_minTime);
        CheckFloats();
        if (!found)
        {
            return false;
        }

        (_time, _value) = (_floats.Time, BitConverter.Int64BitsToDouble(_floats.Bits));
        Next = SampleKind.Float;
        return true;
    }

    private bool TryTakeHistogram()
    {
        try
        {
            while (_histograms is not null && _histograms.MoveNext())
            {
                _time = _histograms.Time;
                if (_time >= _minTime)
                {
                    Next = SampleKind.Histogram;
                    return true;
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw _reader.Corrupt(_reference, e.Message);
        }

        _histograms = null;
        return false;
    }

    private void CheckFloats()
    {
        if (_floats.IsBeyondEnd)
        {
            throw _reader.Corrupt(_reference, "a chunk has fewer samples than it says");
        }
    }

    private bool TryOpenChunk()
    {
        if (_next == _chunks.Length || _chunks[_next].MinTime > _maxTime)
        {
            return false;
        }

        _reference = _chunks[_next].Ref;
        var chunk = Fetch();
        _next++;
        switch (chunk.Encoding)
        {
            case ChunkEncoding.Xor:
                _floats = new XorDecoder(chunk.Array, chunk.Offset, chunk.Length, chunk.Count);
                return true;
            case ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram when chunk.Length > HistogramLayout.HeaderLength:
                _floats = default;
                _histograms = new HistogramDecoder(chunk.Array, chunk.Offset, chunk.Length, chunk.Count, chunk.Encoding);
                return true;
            case ChunkEncoding.Xor2 when chunk.Length > Xor2.HeaderLength:
                var converted = Xor2.ToXor(chunk.Data) ?? throw _reader.Corrupt(_reference, "a chunk has fewer samples than it says");
                _floats = new XorDecoder(converted, 0, converted.Length, chunk.Count);
                return true;
            default:
                throw _reader.Corrupt(_reference, $"a chunk has the encoding {(byte)chunk.Encoding}, which this program does not know");
        }
    }

    private ChunkBytes Fetch()
    {
        if (_reference >= _windowStart && _reference - _windowStart < (ulong)_window.Length
            && _reader.Parse(_reference, _window, (int)(_reference - _windowStart), out _) is { } inWindow)
        {
            return inWindow;
        }

        // The chunks of a series lie one behind the other.
        var last = _next;
        while (last + 1 < _chunks.Length && _chunks[last + 1].MinTime <= _maxTime && _chunks[last + 1].Ref - _reference < MaxWindow)
        {
            last++;
        }

        _window = _reader.ReadWindow(_reference, (int)(_chunks[last].Ref - _reference) + TailBytes);
        _windowStart = _reference;
        if (_reader.Parse(_reference, _window, 0, out var needed) is { } chunk)
        {
            return chunk;
        }

        _window = _reader.ReadWindow(_reference, needed);
        return _reader.Parse(_reference, _window, 0, out needed) ?? _reader.Read(_reference, needed);
    }
}
