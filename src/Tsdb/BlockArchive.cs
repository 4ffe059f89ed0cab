using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal;

namespace Tallygate.Tsdb;

/// <summary>
/// The blocks in a directory, Tallygate's or Prometheus's, read and never changed, beside a running server too. What is newer than the
/// blocks, in a head or a write-ahead log, is not read. Thread-safe.
/// </summary>
public sealed class BlockArchive : IQueryableStorage, IDisposable
{
    private readonly List<Block> _blocks = [];

    private BlockArchive()
    {
    }

    /// <summary>The blocks, by their first time.</summary>
    public IReadOnlyList<BlockInfo> Blocks => _blocks.ConvertAll(Describe);

    /// <summary>Opens the blocks in <paramref name="directory"/>.</summary>
    /// <exception cref="TsdbCorruptionException">One is damaged.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static BlockArchive Open(string directory)
    {
        var files = DiskFileSystem.Instance;
        var archive = new BlockArchive();
        try
        {
            foreach (var name in files.ListDirectories(directory).Where(Ulid.IsValid))
            {
                archive._blocks.Add(Block.Open(files, Path.Combine(directory, name)));
            }
        }
        catch
        {
            archive.Dispose();
            throw;
        }

        var parents = archive._blocks.SelectMany(static b => b.Meta.Parents, static (_, p) => p.Ulid).ToHashSet();
        foreach (var old in archive._blocks.FindAll(b => parents.Contains(b.Meta.Ulid)))
        {
            archive._blocks.Remove(old);
            old.Dispose();
        }

        archive._blocks.Sort(static (x, y) =>
            x.Meta.MinTime.CompareTo(y.Meta.MinTime) is var order && order != 0 ? order : string.CompareOrdinal(x.Meta.Ulid, y.Meta.Ulid));
        return archive;
    }

    /// <inheritdoc/>
    public IQuerier Querier(long minTime, long maxTime) => new ArchiveQuerier(
        _blocks.FindAll(b => b.Meta.Overlaps(minTime, maxTime)), minTime, maxTime);

    /// <inheritdoc/>
    public IStorageSnapshot Snapshot() => new ArchiveSnapshot(this);

    /// <summary>Whether a directory holds blocks, or a log or head chunks, as a data directory of Prometheus does.</summary>
    public static bool IsDatabase(string directory) =>
        Directory.Exists(directory)
        && Array.Exists(Directory.GetDirectories(directory), static d => Path.GetFileName(d) is "wal" or "chunks_head" || Ulid.IsValid(Path.GetFileName(d)));

    /// <summary>Looks through the index of a block.</summary>
    /// <param name="ulid">The block; empty: the last one.</param>
    /// <param name="matchers">Which series; none: all.</param>
    /// <returns>Null where there is no such block.</returns>
    /// <exception cref="TsdbCorruptionException">The block is damaged.</exception>
    public BlockAnalysis? Analyze(string ulid, IReadOnlyList<LabelMatcher> matchers)
    {
        var block = ulid.Length == 0 ? _blocks.LastOrDefault() : _blocks.Find(b => b.Meta.Ulid == ulid);
        return block is null ? null : BlockAnalyzer.Analyze(block, Describe(block), matchers);
    }

    /// <summary>Reads every byte of every block and compares checksums where there are some.</summary>
    /// <exception cref="TsdbCorruptionException">A block is damaged.</exception>
    public void Verify() => _blocks.ForEach(static b => b.Verify());

    /// <summary>Closes the files.</summary>
    public void Dispose() => _blocks.ForEach(static b => b.Dispose());

    internal static BlockInfo Describe(Block block) => new(
        block.Meta.Ulid,
        block.Meta.MinTime,
        block.Meta.MaxTime,
        block.Meta.Stats.Samples,
        block.Meta.Stats.Chunks,
        block.Meta.Stats.Series,
        block.Meta.Stats.Tombstones,
        block.Meta.Level,
        block.Size);

    private sealed class ArchiveSnapshot(BlockArchive archive) : IStorageSnapshot
    {
        public IQuerier Querier(long minTime, long maxTime) => archive.Querier(minTime, maxTime);

        public IStorageSnapshot Snapshot() => this;

        public void Dispose()
        {
            // The archive stays open.
        }
    }
}
