using System.Buffers.Binary;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Reads the series of an index through a window of the file, so that series that lie together cost one read. Not thread-safe.</summary>
internal sealed class IndexSeriesReader(IWalFile file, string path, IndexToc toc, SymbolTable symbols)
{
    private const int WindowBytes = 16 * 1024;
    private byte[] _window = [];
    private long _start;
    private int _filled;

    /// <summary>The series with an id.</summary>
    /// <exception cref="TsdbCorruptionException">There is none, or it is damaged.</exception>
    public BlockSeriesEntry Read(int id)
    {
        var place = (long)id * IndexFormat.SeriesAlignment;
        if (place < toc.Series || place >= toc.Postings)
        {
            throw Corrupt(place, "a posting list leads to a place without series");
        }

        var front = Window(place, Varint.MaxLength);
        if (!Varint.TryReadUnsigned(front, out var length, out var lengthBytes) || length > (ulong)(toc.Postings - place))
        {
            throw Corrupt(place, "the length of a series cannot be right");
        }

        var bytes = Window(place, lengthBytes + (int)length + sizeof(uint));
        if (bytes.Length < lengthBytes + (int)length + sizeof(uint))
        {
            throw Corrupt(place, "a series is cut off");
        }

        var content = bytes.Slice(lengthBytes, (int)length);
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(lengthBytes + (int)length)..]) != Crc32C.Finish(Crc32C.Append(Crc32C.Start, content)))
        {
            throw Corrupt(place, "the checksum of a series is wrong");
        }

        var at = 0;
        var labels = ReadLabels(content, ref at, place);
        return new BlockSeriesEntry(id, labels, ReadChunks(content, ref at, place));
    }

    private Labels ReadLabels(ReadOnlySpan<byte> content, ref int at, long place)
    {
        var labels = new Label[Count(content, ref at, place)];
        for (var i = 0; i < labels.Length; i++)
        {
            var name = Number(content, ref at, place);
            var value = Number(content, ref at, place);
            if (name >= (ulong)symbols.Count || value >= (ulong)symbols.Count)
            {
                throw Corrupt(place, "a series has a label that is not among the symbols");
            }

            labels[i] = new Label(symbols[(int)name], symbols[(int)value]);
            if (i > 0 && Utf8Order.CompareOrdinal(labels[i - 1].Name, labels[i].Name) >= 0)
            {
                throw Corrupt(place, "the labels of a series are not in order");
            }
        }

        return Labels.FromSorted(labels);
    }

    private ChunkMeta[] ReadChunks(ReadOnlySpan<byte> content, ref int at, long place)
    {
        var chunks = new ChunkMeta[Count(content, ref at, place)];
        for (var i = 0; i < chunks.Length; i++)
        {
            unchecked
            {
                var first = Number(content, ref at, place);
                var minTime = i == 0 ? Varint.UnZigZag(first) : chunks[i - 1].MaxTime + (long)first;
                var maxTime = minTime + (long)Number(content, ref at, place);
                var reference = Number(content, ref at, place);
                chunks[i] = new ChunkMeta(minTime, maxTime, i == 0 ? reference : chunks[i - 1].Ref + (ulong)Varint.UnZigZag(reference));
            }

            if (chunks[i].MaxTime < chunks[i].MinTime)
            {
                throw Corrupt(place, "a chunk ends before it begins");
            }
        }

        return chunks;
    }

    // What is counted takes two bytes at least.
    private int Count(ReadOnlySpan<byte> content, ref int at, long place) =>
        Number(content, ref at, place) is var count && count <= (ulong)content.Length
            ? (int)count
            : throw Corrupt(place, "a series tells more than it holds");

    private ulong Number(ReadOnlySpan<byte> content, ref int at, long place)
    {
        if (!Varint.TryReadUnsigned(content[at..], out var value, out var length))
        {
            throw Corrupt(place, "a series is cut off");
        }

        at += length;
        return value;
    }

    // As many bytes from a place on as there are, up to the length.
    private ReadOnlySpan<byte> Window(long place, int length)
    {
        if (place < _start || place + length > _start + _filled)
        {
            if (_window.Length < length)
            {
                _window = new byte[Math.Max(length, WindowBytes)];
            }

            _start = place;
            _filled = file.Read(place, _window);
        }

        var from = (int)(place - _start);
        return _window.AsSpan(from, Math.Min(length, _filled - from));
    }

    private TsdbCorruptionException Corrupt(long offset, string reason) => new(path, offset, reason);
}
