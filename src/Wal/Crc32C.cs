using System.Buffers.Binary;
using System.Numerics;

namespace Tallygate.Wal;

/// <summary>CRC-32C (Castagnoli), eight bytes a step in hardware. A checksum is Start, any number of Append, Finish.</summary>
public static class Crc32C
{
    /// <summary>The state before the first byte.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The state after the eight bytes of <paramref name="salt"/>: what every checksum inside a segment begins with.</summary>
    public static uint Salted(ulong salt) => BitOperations.Crc32C(Start, salt);

    /// <summary>The state after <paramref name="bytes"/>.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }

    /// <summary>The checksum.</summary>
    public static uint Finish(uint state) => ~state;
}
