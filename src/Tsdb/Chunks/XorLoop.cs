using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// The loop that queries wait for: samples of an XOR chunk behind the second one. Eight bytes are read at any place of it without a look at
/// its end: where no other bytes lie behind it, it is copied to where there are zeros. What lies behind it decides nothing: a chunk that is
/// whole ends before, and one that is not is read no further once its end has been passed.
/// </summary>
internal static class XorLoop
{
    private const int MostBytes = 1536;

    /// <summary>So many bytes behind a chunk spare the copy: a sample has 145 bits at most, and a read takes eight bytes from where it is.</summary>
    public const int Padding = 40;

    /// <summary>Reads samples into the spans; less than they take where the chunk is long, or ends too early.</summary>
    public static int Read(byte[] data, int offset, int length, ref XorRegisters registers, Span<long> times, Span<double> values)
    {
        if (data.Length - offset - length >= Padding)
        {
            ref var start = ref MemoryMarshal.GetReference(data.AsSpan(offset, length + Padding));
            return Run<Keep>(ref start, length * 8, ref registers, times, values[..times.Length], times.Length, 0);
        }

        if (length > MostBytes)
        {
            return 0;
        }

        var chunk = data.AsSpan(offset, length);
        Span<byte> padded = stackalloc byte[length + Padding];
        chunk.CopyTo(padded);
        return Run<Keep>(ref MemoryMarshal.GetReference(padded), chunk.Length * 8, ref registers, times, values[..times.Length], times.Length, 0);
    }

    /// <summary>Goes to the first sample at or after a time; returns how many samples were gone through, that one included.</summary>
    public static int Skip(byte[] data, int offset, int length, ref XorRegisters registers, int count, long minTime)
    {
        if (data.Length - offset - length >= Padding)
        {
            ref var start = ref MemoryMarshal.GetReference(data.AsSpan(offset, length + Padding));
            return Run<Pass>(ref start, length * 8, ref registers, [], [], count, minTime);
        }

        if (length > MostBytes)
        {
            return 0;
        }

        var chunk = data.AsSpan(offset, length);
        Span<byte> padded = stackalloc byte[length + Padding];
        chunk.CopyTo(padded);
        return Run<Pass>(ref MemoryMarshal.GetReference(padded), chunk.Length * 8, ref registers, [], [], count, minTime);
    }

    private static int Run<TGoal>(
        ref byte start, int end, ref XorRegisters registers, Span<long> times, Span<double> values, int count, long minTime)
        where TGoal : struct
    {
        unchecked
        {
            // In locals, so that they stay in the processor.
            var (position, lead, trail) = (registers.Position, registers.Lead, registers.Trail);
            var (time, bits, delta) = (registers.Time, registers.Bits, registers.Delta);
            ref var time0 = ref MemoryMarshal.GetReference(times);
            ref var value0 = ref MemoryMarshal.GetReference(values);
            var i = 0;
            while (i < count && position <= end)
            {
                var word = Peek(ref start, position);
                if ((long)word >= 0)
                {
                    position++;
                    word <<= 1;
                }
                else
                {
                    delta += DeltaOfDelta(ref start, word, ref position);
                    word = Peek(ref start, position);
                }

                time += (long)delta;
                if ((long)word >= 0)
                {
                    position++;
                }
                else
                {
                    if ((long)(word << 1) >= 0)
                    {
                        position += 2;
                        word <<= 2;
                    }
                    else
                    {
                        lead = (int)((word << 2) >> 59);
                        var told = (int)((word << 7) >> 58);
                        trail = Math.Max(64 - lead - (told == 0 ? 64 : told), 0);
                        position += 13;
                        word <<= 13;
                    }

                    // Of the 57 bits that were right, 43 are left at least.
                    var significant = Math.Clamp(64 - lead - trail, 1, 64);
                    var changed = significant <= 43 ? word >> (64 - significant) : Long(ref start, position, significant);
                    position += significant;
                    bits ^= (long)(changed << (trail & 63));
                }

                if (typeof(TGoal) == typeof(Keep))
                {
                    Unsafe.Add(ref time0, i) = time;
                    Unsafe.Add(ref value0, i) = BitConverter.Int64BitsToDouble(bits);
                }

                i++;
                if (typeof(TGoal) == typeof(Pass) && time >= minTime)
                {
                    break;
                }
            }

            (registers.Position, registers.Lead, registers.Trail) = (position, lead, trail);
            (registers.Time, registers.Bits, registers.Delta) = (time, bits, delta);
            return i;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Peek(ref byte start, int position)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, position >> 3));
        return (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word) << (position & 7);
    }

    private static ulong Long(ref byte start, int position, int count)
    {
        unchecked
        {
            return count <= 57
                ? Peek(ref start, position) >> (64 - count)
                : (Peek(ref start, position) >> 32 << (count - 32)) | (Peek(ref start, position + 32) >> (96 - count));
        }
    }

    private static ulong DeltaOfDelta(ref byte start, ulong word, ref int position)
    {
        unchecked
        {
            switch (BitOperations.LeadingZeroCount(~word))
            {
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
                    position += 68;
                    return Long(ref start, position - 64, 64);
            }
        }
    }

    // The upper half of the field's range stands for negative numbers, but for its first value.
    private static ulong Widen(ulong field, int width) =>
        unchecked((ulong)((long)field > 1L << (width - 1) ? (long)field - (1L << width) : (long)field));

    private readonly struct Keep;

    private readonly struct Pass;
}
