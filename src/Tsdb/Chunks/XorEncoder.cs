using System.Buffers.Binary;
using System.Numerics;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// Writes XOR chunks, bit for bit as Prometheus does: sample count, first time and value, then delta-of-deltas of the times and
/// XORs of the values. Windows of significant bits are kept for as long as a value fits, never narrowed.
/// </summary>
internal static class XorEncoder
{
    /// <summary>The count at the start of the chunk.</summary>
    public const int HeaderLength = 2;

    /// <summary>The most samples that the count can tell.</summary>
    public const int MaxSamples = ushort.MaxValue;

    /// <summary>The free bytes that a buffer must have for one more sample.</summary>
    public const int Room = 24 + BitWriter.Slack;

    /// <summary>Writes the first sample of a chunk into a zeroed buffer.</summary>
    public static XorState Begin(byte[] buffer, long time, long bits)
    {
        var at = HeaderLength;
        at += Varint.WriteSigned(buffer.AsSpan(at), time);
        BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(at), bits);
        return new XorState { Position = (at + 8) * 8, Count = 1, Lead = XorState.NoWindow };
    }

    /// <summary>Writes a further sample; <paramref name="lastTime"/> and <paramref name="lastBits"/> are those of the one before.</summary>
    public static void Append(ref XorState state, byte[] buffer, long lastTime, long lastBits, long time, long bits)
    {
        unchecked
        {
            var delta = (ulong)(time - lastTime);
            if (state.Count == 1)
            {
                state.Position += 8 * Varint.WriteUnsigned(buffer.AsSpan(state.Position >> 3), delta);
            }
            else
            {
                WriteDeltaOfDelta(buffer, ref state.Position, (long)(delta - state.Delta));
            }

            state.Delta = delta;
            WriteValue(buffer, ref state.Position, ref state.Lead, ref state.Trail, (ulong)(lastBits ^ bits));
            state.Count++;
        }
    }

    /// <summary>Puts the number of samples where the format has it.</summary>
    public static void WriteCount(Span<byte> chunk, int count) => BinaryPrimitives.WriteUInt16BigEndian(chunk, (ushort)count);

    private static void WriteDeltaOfDelta(byte[] buffer, ref int position, long change)
    {
        unchecked
        {
            switch (change)
            {
                case 0:
                    BitWriter.Write(buffer, ref position, 0, 1);
                    break;
                case >= -8191 and <= 8192:
                    BitWriter.Write(buffer, ref position, (0b10UL << 14) | ((ulong)change & 0x3fff), 16);
                    break;
                case >= -65535 and <= 65536:
                    BitWriter.Write(buffer, ref position, (0b110UL << 17) | ((ulong)change & 0x1ffff), 20);
                    break;
                case >= -524287 and <= 524288:
                    BitWriter.Write(buffer, ref position, (0b1110UL << 20) | ((ulong)change & 0xfffff), 24);
                    break;
                default:
                    BitWriter.Write(buffer, ref position, 0b1111, 4);
                    BitWriter.Write(buffer, ref position, (ulong)change, 64);
                    break;
            }
        }
    }

    /// <summary>Writes a value as what changed against the value before; the window is kept for as long as the change fits.</summary>
    public static void WriteValue(byte[] buffer, ref int position, ref byte windowLead, ref byte windowTrail, ulong change)
    {
        if (change == 0)
        {
            BitWriter.Write(buffer, ref position, 0, 1);
            return;
        }

        // Five bits tell the leading zeros.
        var lead = Math.Min(BitOperations.LeadingZeroCount(change), 31);
        var trail = BitOperations.TrailingZeroCount(change);
        if (windowLead != XorState.NoWindow && lead >= windowLead && trail >= windowTrail)
        {
            BitWriter.Write(buffer, ref position, 0b10, 2);
            BitWriter.Write(buffer, ref position, change >> windowTrail, 64 - windowLead - windowTrail);
            return;
        }

        windowLead = (byte)lead;
        windowTrail = (byte)trail;
        var significant = 64 - lead - trail;
        // Six bits tell the significant bits; 64 of them are told as 0, for there is never none.
        BitWriter.Write(buffer, ref position, (0b11UL << 11) | ((ulong)lead << 6) | ((ulong)significant & 0x3f), 13);
        BitWriter.Write(buffer, ref position, change >> trail, significant);
    }
}
