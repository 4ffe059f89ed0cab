using System.Numerics;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Reads the samples of one XOR chunk, straight into the caller's spans. The number of samples is told by the caller, so that the
/// prefix of a chunk that is still growing can be read. A mutable struct: keep it in a field or pass it by reference.
/// </summary>
internal struct XorDecoder
{
    private readonly byte[] _data;
    private readonly int _offset;
    private readonly int _length;
    private int _position;
    private int _remaining;
    private bool _begun;
    private bool _second;
    private ulong _delta;
    private int _lead;
    private int _trail;

    /// <param name="data">The array in which the chunk lies.</param>
    /// <param name="offset">Where its count stands.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="count">How many samples to read.</param>
    public XorDecoder(byte[] data, int offset, int length, int count)
    {
        _data = data;
        _offset = offset;
        _length = length;
        _remaining = count;
        _position = XorEncoder.HeaderLength * 8;
        _lead = XorState.NoWindow;
    }

    /// <summary>How many samples are left.</summary>
    public readonly int Remaining => _remaining;

    /// <summary>The time of the sample read last.</summary>
    public long Time { get; private set; }

    /// <summary>The bits of the value read last.</summary>
    public long Bits { get; private set; }

    /// <summary>Whether more was read than there is: the chunk is damaged.</summary>
    public readonly bool IsBeyondEnd => _position > _length * 8;

    /// <summary>What an encoder needs to write on behind the sample read last.</summary>
    public readonly XorState State(int count) => new()
    {
        Delta = _delta,
        Position = _position,
        Count = (ushort)count,
        Lead = (byte)_lead,
        Trail = (byte)_trail,
    };

    /// <summary>Reads one sample; false at the end.</summary>
    public bool MoveNext() => SkipTo(long.MinValue);

    /// <summary>Reads on until a sample at or after <paramref name="minTime"/> is in hand; false where there is none.</summary>
    public bool SkipTo(long minTime)
    {
        unchecked
        {
            var bytes = _data.AsSpan(_offset, _length);
            var isNear = true;
            while (_remaining > 0)
            {
                _remaining--;
                if (_second)
                {
                    _delta += (ulong)ReadDeltaOfDelta(bytes, ref _position);
                    Time += (long)_delta;
                    Bits ^= (long)ReadValue(bytes, ref _position, ref _lead, ref _trail);
                }
                else
                {
                    ReadFirst(bytes);
                }

                if (Time >= minTime)
                {
                    return true;
                }

                if (_second && isNear)
                {
                    // The sample is not the next one: the loop finds it, unless the chunk is long or damaged.
                    isNear = false;
                    var registers = Registers();
                    var passed = XorLoop.Skip(_data, _offset, _length, ref registers, _remaining, minTime);
                    Take(registers, passed);
                    if (passed > 0 && Time >= minTime)
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>Reads as many samples as there are, or as the spans take.</summary>
    public int Read(Span<long> times, Span<double> values)
    {
        unchecked
        {
            var count = Math.Min(_remaining, Math.Min(times.Length, values.Length));
            var bytes = _data.AsSpan(_offset, _length);
            var i = 0;
            for (; i < count && !_second; i++)
            {
                ReadFirst(bytes);
                times[i] = Time;
                values[i] = BitConverter.Int64BitsToDouble(Bits);
            }

            if (i < count)
            {
                var registers = Registers();
                var read = XorLoop.Read(_data, _offset, _length, ref registers, times[i..count], values[i..count]);
                Take(registers, read);
                _remaining += read;
                i += read;
            }

            // What is left of a chunk that is long or damaged.
            var (position, lead, trail) = (_position, _lead, _trail);
            var (time, bits, delta) = (Time, Bits, _delta);
            for (; i < count; i++)
            {
                delta += (ulong)ReadDeltaOfDelta(bytes, ref position);
                time += (long)delta;
                bits ^= (long)ReadValue(bytes, ref position, ref lead, ref trail);
                times[i] = time;
                values[i] = BitConverter.Int64BitsToDouble(bits);
            }

            (_position, _lead, _trail) = (position, lead, trail);
            (Time, Bits, _delta) = (time, bits, delta);
            _remaining -= count;
            return count;
        }
    }

    private readonly XorRegisters Registers() => new()
    {
        Position = _position,
        Lead = _lead,
        Trail = _trail,
        Time = Time,
        Bits = Bits,
        Delta = _delta,
    };

    private void Take(in XorRegisters registers, int samples)
    {
        (_position, _lead, _trail) = (registers.Position, registers.Lead, registers.Trail);
        (Time, Bits, _delta) = (registers.Time, registers.Bits, registers.Delta);
        _remaining -= samples;
    }

    // The first two samples are written in ways of their own.
    private void ReadFirst(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            if (_begun)
            {
                _delta = ReadVarint(bytes, ref _position);
                Time += (long)_delta;
                Bits ^= (long)ReadValue(bytes, ref _position, ref _lead, ref _trail);
                _second = true;
            }
            else
            {
                Time = Varint.UnZigZag(ReadVarint(bytes, ref _position));
                Bits = (long)BitReader.Read(bytes, ref _position, 64);
                _begun = true;
            }
        }
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        // The bit stream stands at a byte here.
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = position >> 3 < bytes.Length ? bytes[position >> 3] : 0UL;
            position += 8;
            value |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                break;
            }
        }

        return value;
    }

    private static long ReadDeltaOfDelta(ReadOnlySpan<byte> bytes, ref int position)
    {
        unchecked
        {
            var word = BitReader.Peek(bytes, position);
            switch (BitOperations.LeadingZeroCount(~word))
            {
                case 0:
                    position++;
                    return 0;
                case 1:
                    position += 16;
                    return Widen((word << 2) >> 50, 14);
                case 2:
                    position += 20;
                    return Widen((word << 3) >> 47, 17);
                case 3:
                    position += 24;
                    return Widen((word << 4) >> 44, 20);
                default:
                    position += 4;
                    return (long)BitReader.Read(bytes, ref position, 64);
            }
        }
    }

    // The upper half of the field's range stands for negative numbers, but for its first value.
    private static long Widen(ulong field, int width) => (long)field > 1L << (width - 1) ? (long)field - (1L << width) : (long)field;

    /// <summary>Reads what changed in a value against the value before.</summary>
    internal static ulong ReadValue(ReadOnlySpan<byte> bytes, ref int position, ref int lead, ref int trail)
    {
        unchecked
        {
            var word = BitReader.Peek(bytes, position);
            if ((long)word >= 0)
            {
                position++;
                return 0;
            }

            if ((long)(word << 1) >= 0)
            {
                position += 2;
            }
            else
            {
                lead = (int)((word << 2) >> 59);
                var told = (int)((word << 7) >> 58);
                // A damaged chunk may tell more bits than there are.
                trail = Math.Max(64 - lead - (told == 0 ? 64 : told), 0);
                position += 13;
            }

            var significant = Math.Clamp(64 - lead - trail, 1, 64);
            return BitReader.Read(bytes, ref position, significant) << (trail & 63);
        }
    }
}
