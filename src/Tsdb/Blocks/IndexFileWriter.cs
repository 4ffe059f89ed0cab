using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.IO;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Writes an index file from its start to its end: symbols, series in label order, then posting lists and their table. Label indices,
/// which no reader uses any more, are left out. Not thread-safe.
/// </summary>
internal sealed class IndexFileWriter : IDisposable
{
    private readonly FileAppender _file;
    private readonly Dictionary<string, uint> _symbols;
    private readonly string[] _texts;
    private readonly ArrayBufferWriter<byte> _entry = new(4096);
    private readonly List<uint> _all = [];

    // By the references of name and value, which are in the order of the texts.
    private readonly Dictionary<ulong, List<uint>> _postings = [];
    private readonly long _seriesStart;

    /// <param name="file">The new file; the writer takes it over.</param>
    /// <param name="symbols">All names and values, each once, in UTF-8 order.</param>
    public IndexFileWriter(IWalFile file, string[] symbols)
    {
        _file = new FileAppender(file);
        _texts = symbols;
        _symbols = new Dictionary<string, uint>(symbols.Length);
        _file.Write(IndexFormat.Magic);
        _file.Write([IndexFormat.Version]);
        Fixed(_entry, (uint)symbols.Length);
        foreach (var symbol in symbols)
        {
            _symbols.Add(symbol, (uint)_symbols.Count);
            RecordWriter.Text(_entry, symbol);
        }

        Section();
        _seriesStart = _file.Length;
    }

    /// <summary>The checksum and length of the file, once it is finished.</summary>
    public (long Length, uint Crc) Total => (_file.Length, _file.Crc);

    /// <summary>How many series were added.</summary>
    public int SeriesCount => _all.Count;

    /// <summary>Adds a series that comes behind all before it.</summary>
    public void Add(Labels labels, ReadOnlySpan<ChunkMeta> chunks)
    {
        _file.Align(IndexFormat.SeriesAlignment);
        if (_file.Length / IndexFormat.SeriesAlignment > int.MaxValue)
        {
            throw new IOException("the index of a block would be larger than 32 GiB");
        }

        var id = (uint)(_file.Length / IndexFormat.SeriesAlignment);
        _all.Add(id);
        RecordWriter.Unsigned(_entry, (ulong)labels.Count);
        foreach (ref readonly var label in labels.AsSpan())
        {
            var (name, value) = (_symbols[label.Name], _symbols[label.Value]);
            RecordWriter.Unsigned(_entry, name);
            RecordWriter.Unsigned(_entry, value);
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_postings, ((ulong)name << 32) | value, out _);
            (list ??= []).Add(id);
        }

        RecordWriter.Unsigned(_entry, (ulong)chunks.Length);
        for (var i = 0; i < chunks.Length; i++)
        {
            unchecked
            {
                if (i == 0)
                {
                    RecordWriter.Signed(_entry, chunks[0].MinTime);
                    RecordWriter.Unsigned(_entry, (ulong)(chunks[0].MaxTime - chunks[0].MinTime));
                    RecordWriter.Unsigned(_entry, chunks[0].Ref);
                }
                else
                {
                    RecordWriter.Unsigned(_entry, (ulong)(chunks[i].MinTime - chunks[i - 1].MaxTime));
                    RecordWriter.Unsigned(_entry, (ulong)(chunks[i].MaxTime - chunks[i].MinTime));
                    RecordWriter.Signed(_entry, (long)(chunks[i].Ref - chunks[i - 1].Ref));
                }
            }
        }

        Span<byte> length = stackalloc byte[Varint.MaxLength];
        _file.Write(length[..Varint.WriteUnsigned(length, (ulong)_entry.WrittenCount)]);
        _file.Write(_entry.WrittenSpan);
        Checksum();
    }

    /// <summary>Writes what follows the series, and syncs. In pieces: each step of the enumeration is a moment's work.</summary>
    public IEnumerable<int> Finish()
    {
        _file.Align(4);
        var postings = _file.Length;
        var table = new List<(ulong Key, long Place)>(_postings.Count + 1) { (0, _file.Length) };
        WriteList(_all);
        var keys = _postings.Keys.ToArray();
        Array.Sort(keys);
        var written = 0;
        foreach (var key in keys)
        {
            _file.Align(4);
            table.Add((key, _file.Length));
            var list = _postings[key];
            WriteList(list);
            written += list.Count + 4;
            if (written > 64 * 1024)
            {
                written = 0;
                yield return 0;
            }
        }

        var tableStart = _file.Length;
        Fixed(_entry, (uint)table.Count);
        for (var i = 0; i < table.Count; i++)
        {
            RecordWriter.Unsigned(_entry, 2);
            RecordWriter.Text(_entry, i == 0 ? "" : _texts[table[i].Key >> 32]);
            RecordWriter.Text(_entry, i == 0 ? "" : _texts[table[i].Key & uint.MaxValue]);
            RecordWriter.Unsigned(_entry, (ulong)table[i].Place);
        }

        Section();
        var toc = new byte[IndexFormat.TocLength];
        new IndexToc(IndexFormat.HeaderLength, _seriesStart, postings, tableStart, postings, tableStart).Write(toc);
        _file.Write(toc);
        yield return 0;
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private void WriteList(List<uint> ids)
    {
        Fixed(_entry, (uint)ids.Count);
        foreach (var id in ids)
        {
            Fixed(_entry, id);
        }

        Section();
    }

    // The entry at hand, behind its length and before its checksum.
    private void Section()
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)_entry.WrittenCount);
        _file.Write(length);
        _file.Write(_entry.WrittenSpan);
        Checksum();
    }

    private void Checksum()
    {
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Finish(Crc32C.Append(Crc32C.Start, _entry.WrittenSpan)));
        _file.Write(crc);
        _entry.ResetWrittenCount();
    }

    private static void Fixed(ArrayBufferWriter<byte> target, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target.GetSpan(sizeof(uint)), value);
        target.Advance(sizeof(uint));
    }
}
