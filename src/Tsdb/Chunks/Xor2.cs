using System.Buffers.Binary;
using System.Numerics;
using Tallygate.Model;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Reads the float chunks that newer Prometheus versions can be told to write: one prefix stands for the changes of time and value, stale
/// markers have a code of their own, and start timestamps, which are passed over here, may follow a sample.
/// </summary>
internal static class Xor2
{
    /// <summary>Sample count, and where start timestamps begin.</summary>
    public const int HeaderLength = 3;

    /// <summary>The same samples as a plain XOR chunk; null where there are fewer than it says.</summary>
    public static byte[]? ToXor(ReadOnlySpan<byte> data)
    {
        var reader = new Reader { Position = HeaderLength * 8, Lead = XorState.NoWindow };
        var run = new FloatRun();
        for (var count = (int)BinaryPrimitives.ReadUInt16BigEndian(data); count > 0; count--)
        {
            reader.MoveNext(data);
            if (reader.Position > data.Length * 8)
            {
                return null;
            }

            run.Add(reader.Time, reader.Bits);
        }

        return run.Count == 0 ? null : run.Take().Data.ToArray();
    }

    private struct Reader
    {
        public int Position;
        public int Lead;
        public long Time;
        public long Bits;
        private int _trail;
        private int _read;
        private ulong _delta;

        // The value that changes are told against: stale markers do not count.
        private long _base;

        public void MoveNext(ReadOnlySpan<byte> data)
        {
            unchecked
            {
                var (startKnown, startChanges) = (data[2] >= 0x80, data[2] & 0x7f);
                switch (_read)
                {
                    case 0:
                        Time = Varint.UnZigZag(Leb(data));
                        Bits = (long)BitReader.Read(data, ref Position, 64);
                        _base = Bits == StaleMarker.Bits ? 0 : Bits;
                        if (startKnown)
                        {
                            Leb(data);
                        }

                        break;
                    case 1:
                        _delta = Leb(data);
                        Time += (long)_delta;
                        ReadValue(data);
                        break;
                    default:
                        ReadJoint(data);
                        break;
                }

                if (_read > 0 && startChanges > 0 && _read >= startChanges)
                {
                    Varbits.ReadSigned(data, ref Position);
                }

                _read++;
            }
        }

        private void ReadJoint(ReadOnlySpan<byte> data)
        {
            unchecked
            {
                var ones = Math.Min(BitOperations.LeadingZeroCount(~BitReader.Peek(data, Position)), 5);
                Position += Math.Min(ones + 1, 5);
                var width = ones switch { 2 => 13, 3 => 20, 4 => 64, _ => 0 };
                if (width > 0)
                {
                    var field = (long)BitReader.Read(data, ref Position, width);
                    _delta += (ulong)(width < 64 && field >= 1L << (width - 1) ? field - (1L << width) : field);
                }

                Time += (long)_delta;
                switch (ones)
                {
                    case 0:
                        Bits = _base;
                        break;
                    case 1:
                        Change(data, newWindow: BitReader.Read(data, ref Position, 1) == 1);
                        break;
                    case 5:
                        Bits = StaleMarker.Bits;
                        break;
                    default:
                        ReadValue(data);
                        break;
                }
            }
        }

        private void ReadValue(ReadOnlySpan<byte> data)
        {
            var ones = Math.Min(BitOperations.LeadingZeroCount(~BitReader.Peek(data, Position)), 3);
            Position += Math.Min(ones + 1, 3);
            switch (ones)
            {
                case 0:
                    Bits = _base;
                    break;
                case 3:
                    Bits = StaleMarker.Bits;
                    break;
                default:
                    Change(data, newWindow: ones == 2);
                    break;
            }
        }

        private void Change(ReadOnlySpan<byte> data, bool newWindow)
        {
            if (newWindow)
            {
                Lead = (int)BitReader.Read(data, ref Position, 5);
                var told = (int)BitReader.Read(data, ref Position, 6);
                _trail = Math.Max(64 - Lead - (told == 0 ? 64 : told), 0);
            }

            var significant = Math.Clamp(64 - Lead - _trail, 1, 64);
            _base ^= unchecked((long)(BitReader.Read(data, ref Position, significant) << (_trail & 63)));
            Bits = _base;
        }

        private ulong Leb(ReadOnlySpan<byte> data)
        {
            var value = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var part = BitReader.Read(data, ref Position, 8);
                value |= (part & 0x7f) << shift;
                if (part < 0x80)
                {
                    break;
                }
            }

            return value;
        }
    }
}
