using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Reads the samples of one chunk of native histograms. The number of samples is told by the caller. What cannot be read throws
/// <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class HistogramDecoder
{
    private const int HintMask = 0xc0;
    private readonly byte[] _data;
    private readonly int _offset;
    private readonly int _length;
    private readonly int _count;
    private readonly bool _isFloat;
    private HistogramLayout? _layout;
    private int _position = HistogramLayout.HeaderLength * 8;
    private int _read;
    private long _timeDelta;
    private Number _total;
    private Number _zero;
    private XorColumn _sum;
    private Number[] _positive = [];
    private Number[] _negative = [];

    public HistogramDecoder(byte[] data, int offset, int length, int count, ChunkEncoding encoding)
    {
        _data = data;
        _offset = offset;
        _length = length;
        _count = count;
        _isFloat = encoding == ChunkEncoding.FloatHistogram;
    }

    /// <summary>The time of the sample at hand.</summary>
    public long Time { get; private set; }

    /// <summary>Goes to the next sample; false at the end.</summary>
    public bool MoveNext()
    {
        if (_read == _count)
        {
            return false;
        }

        var bytes = _data.AsSpan(_offset, _length);
        if (_layout is null)
        {
            _layout = HistogramLayout.Read(bytes, ref _position);
            _positive = new Number[HistogramLayout.Count(_layout.PositiveSpans, bytes)];
            _negative = new Number[HistogramLayout.Count(_layout.NegativeSpans, bytes)];
        }

        unchecked
        {
            var first = _read == 0;
            var told = Varbits.ReadSigned(bytes, ref _position);
            _timeDelta = first ? 0 : _timeDelta + told;
            Time = first ? told : Time + _timeDelta;
        }

        ReadNumber(bytes, ref _total, unsigned: true);
        ReadNumber(bytes, ref _zero, unsigned: true);
        ReadXor(bytes, ref _sum);
        if (_sum.Bits != StaleMarker.Bits || _read == 0)
        {
            foreach (ref var bucket in _positive.AsSpan())
            {
                ReadNumber(bytes, ref bucket, unsigned: false);
            }

            foreach (ref var bucket in _negative.AsSpan())
            {
                ReadNumber(bytes, ref bucket, unsigned: false);
            }
        }

        _read++;
        return _position <= _length * 8 ? true : throw new InvalidDataException("a chunk of histograms is cut off");
    }

    /// <summary>The sample at hand, for the caller to keep and change.</summary>
    public FloatHistogram Current()
    {
        var layout = _layout!;
        var sum = BitConverter.Int64BitsToDouble(_sum.Bits);
        if (_sum.Bits == StaleMarker.Bits)
        {
            return new FloatHistogram { Sum = sum };
        }

        return new FloatHistogram
        {
            CounterResetHint = Hint(),
            Schema = layout.Schema,
            ZeroThreshold = layout.ZeroThreshold,
            ZeroCount = Value(_zero),
            Count = Value(_total),
            Sum = sum,
            PositiveSpans = [.. layout.PositiveSpans],
            NegativeSpans = [.. layout.NegativeSpans],
            PositiveBuckets = Buckets(_positive),
            NegativeBuckets = Buckets(_negative),
            CustomValues = layout.CustomValues,
        };
    }

    // The flag speaks of the first sample of the chunk; between the others no counter was reset.
    private CounterResetHint Hint() => (_data[_offset + 2] & HintMask) switch
    {
        HintMask => CounterResetHint.Gauge,
        _ when _read > 1 => CounterResetHint.NotCounterReset,
        0x80 => CounterResetHint.CounterReset,
        0x40 => CounterResetHint.NotCounterReset,
        _ => CounterResetHint.Unknown,
    };

    private double Value(in Number number) => _isFloat ? BitConverter.Int64BitsToDouble(number.Xor.Bits) : number.Whole;

    private double[] Buckets(Number[] numbers)
    {
        var counts = new double[numbers.Length];
        var whole = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            // Whole buckets are told by their difference to the bucket before.
            whole = unchecked(whole + numbers[i].Whole);
            counts[i] = _isFloat ? BitConverter.Int64BitsToDouble(numbers[i].Xor.Bits) : whole;
        }

        return counts;
    }

    private void ReadNumber(ReadOnlySpan<byte> bytes, ref Number number, bool unsigned)
    {
        if (_isFloat)
        {
            ReadXor(bytes, ref number.Xor);
            return;
        }

        unchecked
        {
            if (_read == 0)
            {
                number.Whole = unsigned ? (long)Varbits.ReadUnsigned(bytes, ref _position) : Varbits.ReadSigned(bytes, ref _position);
                return;
            }

            number.Delta += Varbits.ReadSigned(bytes, ref _position);
            number.Whole += number.Delta;
        }
    }

    private void ReadXor(ReadOnlySpan<byte> bytes, ref XorColumn column)
    {
        if (_read == 0)
        {
            column = new XorColumn(unchecked((long)BitReader.Read(bytes, ref _position, 64)));
            return;
        }

        int lead = column.Lead, trail = column.Trail;
        column.Bits ^= unchecked((long)XorDecoder.ReadValue(bytes, ref _position, ref lead, ref trail));
        (column.Lead, column.Trail) = ((byte)lead, (byte)trail);
    }

    private struct Number
    {
        public long Whole;
        public long Delta;
        public XorColumn Xor;
    }
}
