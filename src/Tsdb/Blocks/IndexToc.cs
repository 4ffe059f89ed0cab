using System.Buffers.Binary;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Where the sections of an index file begin; it stands at the file's end.</summary>
internal readonly record struct IndexToc(long Symbols, long Series, long LabelIndices, long LabelTable, long Postings, long PostingsTable)
{
    public void Write(Span<byte> target)
    {
        long[] places = [Symbols, Series, LabelIndices, LabelTable, Postings, PostingsTable];
        for (var i = 0; i < places.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(target[(8 * i)..], places[i]);
        }

        BinaryPrimitives.WriteUInt32BigEndian(target[48..], Crc32C.Finish(Crc32C.Append(Crc32C.Start, target[..48])));
    }

    /// <summary>Null where the checksum is wrong.</summary>
    public static IndexToc? Read(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[48..]) != Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes[..48])))
        {
            return null;
        }

        return new IndexToc(Place(bytes, 0), Place(bytes, 1), Place(bytes, 2), Place(bytes, 3), Place(bytes, 4), Place(bytes, 5));
    }

    private static long Place(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt64BigEndian(bytes[(8 * index)..]);
}
