using System.Buffers;
using System.Buffers.Binary;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.IO;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>The file that says which times of which series of a block were deleted.</summary>
internal static class Tombstones
{
    public const string FileName = "tombstones";
    private const int HeaderLength = 5;

    private static ReadOnlySpan<byte> Header => [0x01, 0x30, 0xba, 0x30, 1];

    public static void Write(IWalFileSystem files, string blockDirectory, IReadOnlyDictionary<int, Interval[]> deleted) =>
        AtomicFile.Write(files, Path.Combine(blockDirectory, FileName), Encode(deleted));

    public static byte[] Encode(IReadOnlyDictionary<int, Interval[]> deleted)
    {
        var target = new ArrayBufferWriter<byte>();
        target.Write(Header);
        foreach (var (series, intervals) in deleted.OrderBy(static d => d.Key))
        {
            foreach (var interval in intervals)
            {
                RecordWriter.Unsigned(target, (ulong)series);
                RecordWriter.Signed(target, interval.MinTime);
                RecordWriter.Signed(target, interval.MaxTime);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(
            target.GetSpan(4), Crc32C.Finish(Crc32C.Append(Crc32C.Start, target.WrittenSpan[HeaderLength..])));
        target.Advance(4);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>What was deleted, by series; empty where there is no file.</summary>
    /// <exception cref="TsdbCorruptionException">The file is damaged.</exception>
    public static Dictionary<int, Interval[]> Read(IWalFileSystem files, string blockDirectory)
    {
        var deleted = new Dictionary<int, Interval[]>();
        var path = Path.Combine(blockDirectory, FileName);
        if (!files.List(blockDirectory).Contains(FileName))
        {
            return deleted;
        }

        var bytes = AtomicFile.ReadAll(files, path);
        if (bytes.Length < HeaderLength + 4 || !bytes.AsSpan(0, HeaderLength).SequenceEqual(Header))
        {
            throw new TsdbCorruptionException(path, 0, "it does not begin as a tombstone file of version 1 does");
        }

        var entries = bytes.AsSpan(HeaderLength..^4);
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(bytes.Length - 4)) != Crc32C.Finish(Crc32C.Append(Crc32C.Start, entries)))
        {
            throw new TsdbCorruptionException(path, HeaderLength, "its checksum is wrong");
        }

        for (var at = 0; at < entries.Length;)
        {
            var from = at;
            if (!TryRead(entries, ref at, out var series) || !TryRead(entries, ref at, out var min) || !TryRead(entries, ref at, out var max)
                || series > int.MaxValue)
            {
                throw new TsdbCorruptionException(path, HeaderLength + from, "an entry cannot be read");
            }

            var interval = new Interval(Varint.UnZigZag(min), Varint.UnZigZag(max));
            deleted[(int)series] = Interval.Add(deleted.GetValueOrDefault((int)series, []), interval);
        }

        return deleted;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        var read = Varint.TryReadUnsigned(bytes[at..], out value, out var length);
        at += length;
        return read;
    }
}
