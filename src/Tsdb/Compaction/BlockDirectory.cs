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
            Delete(old.Meta.Ulid);
        }

        return blocks;
    }

    /// <summary>Deletes a block that nobody reads, and syncs that; a failure is logged.</summary>
    /// <returns>Whether it is gone for good. Else it may come back at a start, so that it is to be asked for again.</returns>
    public bool Delete(string ulid)
    {
        try
        {
            var doomed = ulid + DeletionSuffix;
            if (files.ListDirectories(directory).Contains(ulid))
            {
                files.RenameDirectory(Path.Combine(directory, ulid), Path.Combine(directory, doomed));
            }

            files.SyncDirectory(directory);
            if (files.ListDirectories(directory).Contains(doomed))
            {
                files.DeleteDirectory(Path.Combine(directory, doomed));
                files.SyncDirectory(directory);
            }

            return true;
        }
        catch (IOException e)
        {
            Log.BlockNotDeleted(logger, directory, ulid, e);
            return false;
        }
    }
}
