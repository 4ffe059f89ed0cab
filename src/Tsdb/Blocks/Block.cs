using Tallygate.Tsdb.IO;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>
/// A block on disk. Its description and tombstones are read when it is opened, its index when it is first asked, its chunks when they are
/// needed. Samples never change; tombstones are replaced whole. Thread-safe.
/// </summary>
internal sealed class Block : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IWalFileSystem _files;
    private IndexFileReader? _index;
    private IReadOnlyDictionary<int, Interval[]> _deleted;
    private bool _disposed;

    private Block(IWalFileSystem files, string directory, BlockMeta meta, IReadOnlyDictionary<int, Interval[]> deleted, long size)
    {
        _files = files;
        Directory = directory;
        Meta = meta;
        _deleted = deleted;
        Size = size;
        Chunks = new ChunkFileReader(files, directory);
    }

    public string Directory { get; }

    public BlockMeta Meta { get; private set; }

    /// <summary>How many bytes its files have.</summary>
    public long Size { get; }

    public ChunkFileReader Chunks { get; }

    /// <summary>The deleted times by series id. A reader keeps what it was given.</summary>
    public IReadOnlyDictionary<int, Interval[]> Deleted => Volatile.Read(ref _deleted);

    /// <summary>Whether late samples made it, so that it may overlap others.</summary>
    public bool IsOutOfOrder => Meta.Hints.Contains(BlockMeta.OutOfOrderHint);

    /// <summary>The index, opened and checked at the first call.</summary>
    /// <exception cref="TsdbCorruptionException">It is damaged.</exception>
    public IndexFileReader Index
    {
        get
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _index ??= OpenIndex();
            }
        }
    }

    /// <summary>Opens the block in a directory.</summary>
    /// <exception cref="TsdbCorruptionException">Its description or tombstones are damaged, or a file is missing or of another length.</exception>
    public static Block Open(IWalFileSystem files, string directory)
    {
        var path = Path.Combine(directory, BlockMeta.FileName);
        if (!files.List(directory).Contains(BlockMeta.FileName))
        {
            throw new TsdbCorruptionException(path, 0, "it is missing, so that the directory is no block");
        }

        var bytes = AtomicFile.ReadAll(files, path);
        var meta = BlockMetaJson.Read(path, bytes);
        if (meta.Ulid != Path.GetFileName(directory))
        {
            throw new TsdbCorruptionException(path, 0, $"it describes the block {meta.Ulid}");
        }

        var size = (long)bytes.Length;
        foreach (var name in files.List(Path.Combine(directory, ChunkSegments.Directory)).Select(static n => Path.Combine(ChunkSegments.Directory, n))
            .Append(IndexFormat.FileName).Concat(files.List(directory).Where(static n => n == Tombstones.FileName)))
        {
            using var file = files.Open(Path.Combine(directory, name), writable: false);
            size += file.Length;
        }

        foreach (var (name, length, _) in meta.Seal?.Files ?? [])
        {
            var sealedPath = Path.Combine(directory, name);
            using var file = files.Open(sealedPath, writable: false);
            if (file.Length != length)
            {
                throw new TsdbCorruptionException(sealedPath, Math.Min(file.Length, length), $"it is {file.Length} bytes long and should be {length}");
            }
        }

        return new Block(files, directory, meta, Tombstones.Read(files, directory), size);
    }

    /// <summary>Replaces the tombstones; durable on return, and seen by queriers that begin afterwards.</summary>
    public void Delete(Dictionary<int, Interval[]> deleted)
    {
        Tombstones.Write(_files, Directory, deleted);
        Volatile.Write(ref _deleted, deleted);
        Meta = Meta with { Stats = Meta.Stats with { Tombstones = deleted.Values.Sum(static i => i.Length) } };
        AtomicFile.Write(_files, Path.Combine(Directory, BlockMeta.FileName), BlockMetaJson.Write(Meta));
    }

    /// <summary>Checks every byte that has a checksum.</summary>
    /// <exception cref="TsdbCorruptionException">One is wrong.</exception>
    public void Verify()
    {
        var buffer = new byte[256 * 1024];
        foreach (var (name, length, crc) in Meta.Seal?.Files ?? [])
        {
            var path = Path.Combine(Directory, name);
            using var file = _files.Open(path, writable: false);
            var state = Crc32C.Start;
            for (var at = 0L; at < length;)
            {
                var read = file.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)));
                if (read == 0)
                {
                    break;
                }

                state = Crc32C.Append(state, buffer.AsSpan(0, read));
                at += read;
            }

            if (Crc32C.Finish(state) != crc)
            {
                throw new TsdbCorruptionException(path, 0, "the checksum of the file is wrong");
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _index?.Dispose();
            Chunks.Dispose();
        }
    }

    private IndexFileReader OpenIndex()
    {
        var path = Path.Combine(Directory, IndexFormat.FileName);
        var index = IndexFileReader.Open(_files, path);
        var series = index.All.Count;
        if (series != Meta.Stats.Series)
        {
            index.Dispose();
            throw new TsdbCorruptionException(path, 0, $"it has {series} series, and {BlockMeta.FileName} says {Meta.Stats.Series}");
        }

        return index;
    }
}
