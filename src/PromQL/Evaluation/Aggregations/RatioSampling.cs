using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>
/// Where a label set lies between 0 and 1, for <c>limit_ratio</c>: by the hash that Prometheus takes (xxHash64 of its packed labels), so that
/// both choose the same series.
/// </summary>
internal static class RatioSampling
{
    private const ulong Prime1 = 11400714785074694791;
    private const ulong Prime2 = 14029467366897019727;
    private const ulong Prime3 = 1609587929392839161;
    private const ulong Prime4 = 9650029242287828579;
    private const ulong Prime5 = 2870177450012600261;

    /// <summary>Whether the series belongs to the share: the lower part for a positive ratio, the upper for a negative one.</summary>
    public static bool Takes(Labels labels, double ratio)
    {
        var offset = Hash(Pack(labels)) / 18446744073709551616.0;
        return ratio >= 0 ? offset < ratio : offset >= 1.0 + ratio;
    }

    /// <summary>Names and values, each behind its length in bytes: one byte, or 255 and three bytes.</summary>
    private static byte[] Pack(Labels labels)
    {
        using var packed = new MemoryStream();
        foreach (ref readonly var label in labels.AsSpan())
        {
            Write(packed, label.Name);
            Write(packed, label.Value);
        }

        return packed.ToArray();
    }

    private static void Write(MemoryStream target, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < 255)
        {
            target.WriteByte((byte)bytes.Length);
        }
        else
        {
            target.Write([255, (byte)bytes.Length, (byte)(bytes.Length >> 8), (byte)(bytes.Length >> 16)]);
        }

        target.Write(bytes);
    }

    internal static ulong Hash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var rest = data;
            ulong hash;
            if (data.Length >= 32)
            {
                var a = Prime1 + Prime2;
                var b = Prime2;
                var c = 0UL;
                var d = 0UL - Prime1;
                while (rest.Length >= 32)
                {
                    a = Round(a, BinaryPrimitives.ReadUInt64LittleEndian(rest));
                    b = Round(b, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]));
                    c = Round(c, BinaryPrimitives.ReadUInt64LittleEndian(rest[16..]));
                    d = Round(d, BinaryPrimitives.ReadUInt64LittleEndian(rest[24..]));
                    rest = rest[32..];
                }

                hash = BitOperations.RotateLeft(a, 1) + BitOperations.RotateLeft(b, 7) + BitOperations.RotateLeft(c, 12)
                    + BitOperations.RotateLeft(d, 18);
                hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
            }
            else
            {
                hash = Prime5;
            }

            return Finish(hash + (ulong)data.Length, rest);
        }
    }

    private static ulong Finish(ulong hash, ReadOnlySpan<byte> rest)
    {
        unchecked
        {
            for (; rest.Length >= 8; rest = rest[8..])
            {
                hash ^= Round(0, BinaryPrimitives.ReadUInt64LittleEndian(rest));
                hash = (BitOperations.RotateLeft(hash, 27) * Prime1) + Prime4;
            }

            if (rest.Length >= 4)
            {
                hash ^= BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime1;
                hash = (BitOperations.RotateLeft(hash, 23) * Prime2) + Prime3;
                rest = rest[4..];
            }

            foreach (var b in rest)
            {
                hash ^= b * Prime5;
                hash = BitOperations.RotateLeft(hash, 11) * Prime1;
            }

            hash = (hash ^ (hash >> 33)) * Prime2;
            hash = (hash ^ (hash >> 29)) * Prime3;
            return hash ^ (hash >> 32);
        }
    }

    private static ulong Round(ulong accumulator, ulong input)
    {
        unchecked
        {
            return BitOperations.RotateLeft(accumulator + (input * Prime2), 31) * Prime1;
        }
    }

    private static ulong Merge(ulong hash, ulong lane)
    {
        unchecked
        {
            return ((hash ^ Round(0, lane)) * Prime1) + Prime4;
        }
    }
}
