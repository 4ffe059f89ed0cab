using System.Buffers.Binary;
using System.Globalization;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.IO;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Import;

/// <summary>Reads the chunks that Prometheus's head had finished, in <c>chunks_head</c>. An unfinished end is left out, as Prometheus does.</summary>
internal sealed class HeadChunkFiles(IWalFileSystem files, string directory)
{
    public const string FolderName = "chunks_head";
    private const int HeaderBytes = 8;
    private const int FrontBytes = 25;
    private const byte OutOfOrder = 0x80;

    private static ReadOnlySpan<byte> Magic => [0x01, 0x30, 0xbc, 0x91, 0x01];

    /// <summary>
    /// All chunks in the order of their making, with the reference of their series in the log, and whether their samples came late.
    /// </summary>
    public IEnumerable<(ulong Series, EncodedChunk Chunk, bool IsLate)> Read()
    {
        var names = files.List(directory).Where(static n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = Path.Combine(directory, name);
            var bytes = AtomicFile.ReadAll(files, path);
            if (bytes.Length < HeaderBytes || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            {
                // A file that was begun and not written.
                if (Array.TrueForAll(bytes, static b => b == 0))
                {
                    continue;
                }

                throw new TsdbCorruptionException(path, 0, "it does not begin as a file of head chunks does");
            }

            for (var at = HeaderBytes; TryRead(bytes, ref at, out var series, out var chunk, out var isLate);)
            {
                if (chunk.Count > 0)
                {
                    yield return (series, chunk, isLate);
                }
            }
        }
    }

    private static bool TryRead(byte[] bytes, ref int at, out ulong series, out EncodedChunk chunk, out bool isLate)
    {
        (series, chunk, isLate) = (0, default, false);
        if (at + FrontBytes > bytes.Length)
        {
            return false;
        }

        var front = bytes.AsSpan(at);
        series = BinaryPrimitives.ReadUInt64BigEndian(front);
        var (minTime, maxTime) = (BinaryPrimitives.ReadInt64BigEndian(front[8..]), BinaryPrimitives.ReadInt64BigEndian(front[16..]));
        if (series == 0 && minTime == 0 && maxTime == 0)
        {
            // Room that was reserved and not used.
            return false;
        }

        if (!Varint.TryReadUnsigned(front[FrontBytes..], out var length, out var lengthBytes)
            || length > (ulong)(front.Length - FrontBytes - lengthBytes - sizeof(uint)) || length < 2)
        {
            return false;
        }

        var all = FrontBytes + lengthBytes + (int)length;
        if (BinaryPrimitives.ReadUInt32BigEndian(front[all..]) != Crc32C.Finish(Crc32C.Append(Crc32C.Start, front[..all])))
        {
            return false;
        }

        var data = bytes.AsMemory(at + FrontBytes + lengthBytes, (int)length);
        isLate = (front[24] & OutOfOrder) != 0;
        chunk = new EncodedChunk(
            (ChunkEncoding)(front[24] & ~OutOfOrder), data, BinaryPrimitives.ReadUInt16BigEndian(data.Span), minTime, maxTime);
        at += all + sizeof(uint);
        return true;
    }
}
