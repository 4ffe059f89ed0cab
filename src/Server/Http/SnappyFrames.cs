using System.Buffers.Binary;
using System.Numerics;
using Snappier;

namespace Tallygate.Server.Http;

/// <summary>
/// The framing format of snappy: chunks of up to 64 KiB, each with a checksum, the first of them a mark. Source: snappy's framing_format.txt;
/// what is refused, and in which words, is Go's reader, which the Pushgateway has.
/// </summary>
internal static class SnappyFrames
{
    private const int HeaderBytes = 4;
    private const int ChecksumBytes = 4;
    private const int MaxBlock = 65_536;
    private const int MaxChunk = 76_490 + ChecksumBytes;
    private const string Corrupt = "snappy: corrupt input";
    private const string Unsupported = "snappy: unsupported input";

    /// <summary>Unpacks every chunk; null and the reason where one is damaged or cut off. No bytes unpack to none.</summary>
    /// <param name="most">Unpacking ends soon after so many bytes, with what there is.</param>
    public static PooledBytes? Unpack(ReadOnlySpan<byte> packed, long most, out string error)
    {
        var unpacked = new PooledBytes(Math.Max(4096, packed.Length * 2));
        error = "";
        var marked = false;
        while (!packed.IsEmpty && error.Length == 0 && unpacked.Length <= most)
        {
            error = Take(ref packed, marked, unpacked);
            marked = true;
        }

        if (error.Length == 0)
        {
            return unpacked;
        }

        unpacked.Dispose();
        return null;
    }

    private static string Take(ref ReadOnlySpan<byte> packed, bool marked, PooledBytes unpacked)
    {
        if (packed.Length < HeaderBytes)
        {
            return Corrupt;
        }

        var type = packed[0];
        var length = packed[1] | (packed[2] << 8) | (packed[3] << 16);
        packed = packed[HeaderBytes..];
        if (!marked && type != 0xFF)
        {
            return Corrupt;
        }

        if (length > MaxChunk || type is >= 0x02 and <= 0x7F)
        {
            return Unsupported;
        }

        if (length > packed.Length)
        {
            return Corrupt;
        }

        var chunk = packed[..length];
        packed = packed[length..];
        return type switch
        {
            0x00 or 0x01 => TakeBlock(chunk, isPacked: type == 0x00, unpacked),
            0xFF => chunk.SequenceEqual("sNaPpY"u8) ? "" : Corrupt,
            _ => "",
        };
    }

    private static string TakeBlock(ReadOnlySpan<byte> chunk, bool isPacked, PooledBytes unpacked)
    {
        if (chunk.Length < ChecksumBytes)
        {
            return Corrupt;
        }

        var block = chunk[ChecksumBytes..];
        var length = block.Length;
        if (isPacked)
        {
            try
            {
                length = Snappy.GetUncompressedLength(block);
                if (length > MaxBlock || Snappy.Decompress(block, unpacked.Free(Math.Max(1, length))) != length)
                {
                    return Corrupt;
                }
            }
            catch (InvalidDataException)
            {
                return Corrupt;
            }
        }
        else if (length > MaxBlock)
        {
            return Corrupt;
        }
        else
        {
            block.CopyTo(unpacked.Free(Math.Max(1, length)));
        }

        var content = unpacked.Free(Math.Max(1, length))[..length];
        unpacked.Advance(length);
        return Checksum(content) == BinaryPrimitives.ReadUInt32LittleEndian(chunk) ? "" : Corrupt;
    }

    /// <summary>CRC-32C, turned and shifted so that it differs from one over bytes that hold such checksums themselves.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var crc = uint.MaxValue;
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            }

            foreach (var b in bytes)
            {
                crc = BitOperations.Crc32C(crc, b);
            }

            return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
        }
    }
}
