using Tallygate.Model;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.IO;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// Writes a block into a directory of another name, which becomes the block by a renaming when all of it is durable: what a crash leaves
/// is no block, and is deleted at the next start. Series come in label order. Not thread-safe.
/// </summary>
internal sealed class BlockWriter : IDisposable
{
    /// <summary>The ending of a directory that is no block yet.</summary>
    public const string UnfinishedSuffix = ".tmp-for-creation";

    private readonly IWalFileSystem _files;
    private readonly string _parent;
    private readonly string _unfinished;
    private readonly ChunkFileWriter _chunks;
    private readonly IndexFileWriter _index;
    private readonly List<ChunkMeta> _metas = [];
    private Labels? _previous;
    private bool _named;
    private long _floats;
    private long _histograms;
    private long _chunkCount;

    /// <param name="parent">The directory in which the block will stand.</param>
    /// <param name="symbols">All names and values that the series have, each once, in UTF-8 order.</param>
    public BlockWriter(IWalFileSystem files, string parent, string ulid, string[] symbols)
    {
        _files = files;
        _parent = parent;
        Ulid = ulid;
        _unfinished = Path.Combine(parent, ulid + UnfinishedSuffix);
        files.CreateDirectory(_unfinished);
        _chunks = new ChunkFileWriter(files, _unfinished);
        IWalFile? file = null;
        try
        {
            file = files.Create(Path.Combine(_unfinished, IndexFormat.FileName));
            _index = new IndexFileWriter(file, symbols);
        }
        catch
        {
            // Nobody else can: there is no writer yet.
            file?.Dispose();
            TryDelete(_unfinished);
            throw;
        }
    }

    public string Ulid { get; }

    /// <summary>How many series were added.</summary>
    public int SeriesCount => _index.SeriesCount;

    /// <summary>How many samples were added.</summary>
    public long SampleCount => _floats + _histograms;

    /// <summary>How many bytes of chunks were written.</summary>
    public long ChunkBytes => _chunks.Length;

    /// <summary>Adds a chunk of the series that comes next; chunks come in ascending time.</summary>
    public void AddChunk(ChunkEncoding encoding, ReadOnlySpan<byte> data, int samples, long minTime, long maxTime)
    {
        _metas.Add(new ChunkMeta(minTime, maxTime, _chunks.Add(encoding, data)));
        _chunkCount++;
        if (encoding is ChunkEncoding.Xor or ChunkEncoding.Xor2)
        {
            _floats += samples;
        }
        else
        {
            _histograms += samples;
        }
    }

    /// <inheritdoc cref="AddChunk(ChunkEncoding, ReadOnlySpan{byte}, int, long, long)"/>
    public void AddChunk(in EncodedChunk chunk) => AddChunk(chunk.Encoding, chunk.Data.Span, chunk.Count, chunk.MinTime, chunk.MaxTime);

    /// <summary>Ends a series whose chunks were added; nothing happens where there were none.</summary>
    public void EndSeries(Labels labels)
    {
        if (_metas.Count == 0)
        {
            return;
        }

        if (_previous is not null && labels.CompareTo(_previous) <= 0)
        {
            throw new ArgumentException($"{labels} comes behind {_previous}", nameof(labels));
        }

        _previous = labels;
        _index.Add(labels, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_metas));
        _metas.Clear();
    }

    /// <summary>
    /// Makes the block: durable, whole and under its name when the enumeration has ended. In pieces: each step is a moment's work.
    /// </summary>
    /// <param name="describe">Completes what meta.json says; the writer adds name, counts and checksums.</param>
    public IEnumerable<int> Finish(BlockMeta describe, HeadMark? mark)
    {
        var sealedFiles = new List<(string, long, uint)>(_chunks.Finish());
        yield return 0;
        foreach (var piece in _index.Finish())
        {
            yield return piece;
        }

        var (length, crc) = _index.Total;
        sealedFiles.Add((IndexFormat.FileName, length, crc));
        _index.Dispose();
        var meta = describe with
        {
            Ulid = Ulid,
            Stats = new BlockStats(SampleCount, _floats, _histograms, SeriesCount, _chunkCount, 0),
            Sources = describe.Sources.Count > 0 ? describe.Sources : [Ulid],
            Seal = new BlockSeal(sealedFiles, mark),
        };
        AtomicFile.Write(_files, Path.Combine(_unfinished, BlockMeta.FileName), BlockMetaJson.Write(meta));
        Tombstones.Write(_files, _unfinished, new Dictionary<int, Interval[]>());
        _files.SyncDirectory(_unfinished);
        yield return 0;
        _files.RenameDirectory(_unfinished, Path.Combine(_parent, Ulid));
        _named = true;
        _files.SyncDirectory(_parent);
    }

    /// <summary>Closes the files; what was not finished stays, to be deleted by <see cref="Discard"/> or at the next start.</summary>
    public void Dispose()
    {
        _chunks.Dispose();
        _index.Dispose();
    }

    /// <summary>Deletes what was not finished, if that can be done; what stays, the next start deletes.</summary>
    /// <returns>
    /// Whether the block has its name already, so that a start would take it for whole: then all of it stays, and whoever asked has to see to it
    /// that it goes.
    /// </returns>
    public bool Discard()
    {
        Dispose();
        if (!_named)
        {
            TryDelete(_unfinished);
        }

        return _named;
    }

    private void TryDelete(string directory)
    {
        try
        {
            _files.DeleteDirectory(directory);
        }
        catch (IOException)
        {
            // The next start deletes it.
        }
    }
}
