using Microsoft.Extensions.Logging;
using Tallygate.Tsdb.Blocks;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Compaction;

/// <summary>The directories of the blocks: finds them at the start, and deletes them so that a crash never leaves half of one.</summary>
internal sealed class BlockDirectory(IWalFileSystem files, string directory, ILogger logger)
{
    private const string DeletionSuffix = ".tmp-for-deletion";
    private static readonly string[] _leftovers = [BlockWriter.UnfinishedSuffix, DeletionSuffix, ".tmp"];

    /// <summary>Opens all blocks. What a crash left is deleted, and so are blocks of which another one was made.</summary>
    /// <exception cref="TsdbCorruptionException">A block is damaged.</exception>
    public List<Block> Load()
    {
        var blocks = new List<Block>();
        try
        {
            foreach (var name in files.ListDirectories(directory))
            {
                if (Array.Exists(_leftovers, name.EndsWith) && Ulid.IsValid(name[..Math.Min(name.Length, Ulid.Length)]))
                {
                    files.DeleteDirectory(Path.Combine(directory, name));
                }
                else if (Ulid.IsValid(name))
                {
                    blocks.Add(Block.Open(files, Path.Combine(directory, name)));
                }
            }
        }
        catch
        {
            blocks.ForEach(static b => b.Dispose());
            throw;
        }

        var parents = blocks.SelectMany(static b => b.Meta.Parents, static (_, p) => p.Ulid).ToHashSet();
        foreach (var old in blocks.FindAll(b => parents.Contains(b.Meta.Ulid)))
        {
            blocks.Remove(old);
            old.Dispose();
            Delete(old);
        }

        return blocks;
    }

    /// <summary>Deletes a block that nobody reads; a failure is logged.</summary>
    public void Delete(Block block)
    {
        try
        {
            var doomed = block.Directory + DeletionSuffix;
            files.RenameDirectory(block.Directory, doomed);
            files.SyncDirectory(directory);
            files.DeleteDirectory(doomed);
            files.SyncDirectory(directory);
        }
        catch (IOException e)
        {
            Log.BlockNotDeleted(logger, directory, block.Meta.Ulid, e);
        }
    }
}
