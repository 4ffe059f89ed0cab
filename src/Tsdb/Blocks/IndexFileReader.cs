using System.Buffers.Binary;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Index;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Reads an index file. Symbols and the table of posting lists are read when it is opened; series and lists when they are asked for, and
/// their checksums are checked each time. Thread-safe.
/// </summary>
internal sealed class IndexFileReader : IPostings, IDisposable
{
    private readonly IWalFile _file;
    private readonly string _path;
    private readonly long _length;
    private readonly IndexToc _toc;
    private readonly SymbolTable _symbols;
    private readonly PostingsTable _table;

    private IndexFileReader(IWalFile file, string path)
    {
        _file = file;
        _path = path;
        _length = file.Length;
        var header = ReadAt(0, IndexFormat.HeaderLength);
        if (!header.AsSpan(0, 4).SequenceEqual(IndexFormat.Magic))
        {
            throw Corrupt(0, "it does not begin as an index file does");
        }

        if (header[4] != IndexFormat.Version)
        {
            throw Corrupt(4, $"it has version {header[4]}; this program reads version {IndexFormat.Version}");
        }

        var tocPlace = _length - IndexFormat.TocLength;
        _toc = IndexToc.Read(ReadAt(tocPlace, IndexFormat.TocLength)) ?? throw Corrupt(tocPlace, "the checksum of the table of contents is wrong");
        var symbols = ReadSection(_toc.Symbols);
        _symbols = SymbolTable.Read(symbols, sizeof(uint), Count(symbols)) ?? throw Corrupt(_toc.Symbols, "the symbols cannot be read");
        var table = ReadSection(_toc.PostingsTable);
        _table = PostingsTable.Read(table, sizeof(uint), Count(table)) ?? throw Corrupt(_toc.PostingsTable, "the table of postings cannot be read");
    }

    /// <summary>All names and values.</summary>
    public SymbolTable Symbols => _symbols;

    /// <summary>The names of labels, in UTF-8 order.</summary>
    public IReadOnlyCollection<string> Names => _table.Names;

    public PostingList All => ReadList(_table.All);

    /// <exception cref="TsdbCorruptionException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IndexFileReader Open(IWalFileSystem files, string path)
    {
        var file = files.Open(path, writable: false);
        try
        {
            return new IndexFileReader(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public PostingList? Find(string name, string value) => _table.Find(name, value) is { } place ? ReadList(place) : null;

    public int ValueCount(string name) => _table.CountOf(name);

    /// <summary>The values of a label, in UTF-8 order.</summary>
    public ReadOnlyMemory<(string Value, long Place)> Values(string name) => _table.Values(name);

    public List<PostingList> Lists(string name, Func<string, bool> wanted)
    {
        var lists = new List<PostingList>();
        foreach (var (value, place) in _table.Values(name).Span)
        {
            if (wanted(value))
            {
                lists.Add(ReadList(place));
            }
        }

        return lists;
    }

    /// <summary>How many series the list at a place has.</summary>
    public int CountAt(long place) => ReadList(place).Count;

    /// <summary>A reader of series, to be used by one thread; best asked in ascending order.</summary>
    public IndexSeriesReader Series() => new(_file, _path, _toc, _symbols);

    public void Dispose() => _file.Dispose();

    private PostingList ReadList(long place)
    {
        var bytes = ReadSection(place);
        var count = Count(bytes);
        if (bytes.Length != sizeof(uint) + (count * (long)sizeof(uint)))
        {
            throw Corrupt(place, "a posting list has another length than it says");
        }

        var ids = new int[count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = unchecked((int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(sizeof(uint) * (i + 1))));
            if (ids[i] <= (i == 0 ? 0 : ids[i - 1]))
            {
                throw Corrupt(place, "a posting list does not ascend, or the index is larger than 32 GiB");
            }
        }

        return new PostingList(ids, ids.Length);
    }

    private static uint Count(byte[] section) => section.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32BigEndian(section);

    // A length of four bytes, so many bytes, their checksum.
    private byte[] ReadSection(long place)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(ReadAt(place, sizeof(uint)));
        if (length > int.MaxValue - sizeof(uint))
        {
            throw Corrupt(place, "a section is too long");
        }

        var bytes = ReadAt(place + sizeof(uint), (int)length + sizeof(uint));
        var content = bytes.AsSpan(0, (int)length);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)length)) == Crc32C.Finish(Crc32C.Append(Crc32C.Start, content))
            ? content.ToArray()
            : throw Corrupt(place, "the checksum of a section is wrong");
    }

    private byte[] ReadAt(long offset, int length)
    {
        if (offset < 0 || offset > _length - length)
        {
            throw Corrupt(Math.Clamp(offset, 0, _length), "it is too short for what it says");
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        return _file.Read(offset, bytes) == length ? bytes : throw Corrupt(offset, "it became shorter while it was read");
    }

    private TsdbCorruptionException Corrupt(long offset, string reason) => new(_path, offset, reason);
}
