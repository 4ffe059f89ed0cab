using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.IO;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Compaction;

/// <summary>Copies a block's files; durable on return.</summary>
internal static class BlockCopy
{
    public static void Copy(IWalFileSystem files, string from, string to)
    {
        foreach (var folder in new[] { "", ChunkSegments.Directory })
        {
            var (source, target) = (Path.Combine(from, folder), Path.Combine(to, folder));
            files.CreateDirectory(target);
            foreach (var name in files.List(source))
            {
                Copy(files, Path.Combine(source, name), Path.Combine(target, name), new byte[128 * 1024]);
            }

            files.SyncDirectory(target);
        }
    }

    private static void Copy(IWalFileSystem files, string from, string to, byte[] buffer)
    {
        using var source = files.Open(from, writable: false);
        using var target = new FileAppender(files.Create(to));
        for (var at = 0L; source.Read(at, buffer) is > 0 and var read; at += read)
        {
            target.Write(buffer.AsSpan(0, read));
        }

        target.Sync();
    }
}
