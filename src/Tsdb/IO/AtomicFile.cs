using Tallygate.Wal;

namespace Tallygate.Tsdb.IO;

/// <summary>Replaces small files whole: a crash leaves the old one or the new one.</summary>
internal static class AtomicFile
{
    private const string UnfinishedSuffix = ".tmp";

    /// <summary>Writes a file under another name, syncs it, and gives it its name; durable on return.</summary>
    public static void Write(IWalFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        var directory = Path.GetDirectoryName(path)!;
        var unfinished = path + UnfinishedSuffix;
        if (files.List(directory).Contains(Path.GetFileName(unfinished)))
        {
            files.Delete(unfinished);
        }

        try
        {
            using (var file = files.Create(unfinished))
            {
                file.Write(0, bytes);
                file.Sync();
            }

            files.Rename(unfinished, path);
        }
        catch (IOException)
        {
            TryDelete(files, unfinished);
            throw;
        }

        files.SyncDirectory(directory);
    }

    /// <summary>Deletes a file that was begun in vain, if that can be done: on a full disk it would take the room that is missing.</summary>
    public static void TryDelete(IWalFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (IOException)
        {
            // The failure that came first is the one to tell; who writes the file next deletes it.
        }
    }

    /// <summary>All bytes of a small file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadAll(IWalFileSystem files, string path)
    {
        using var file = files.Open(path, writable: false);
        var bytes = new byte[file.Length];
        return file.Read(0, bytes) == bytes.Length ? bytes : throw new IOException($"cannot read {path}: it became shorter while it was read");
    }
}
