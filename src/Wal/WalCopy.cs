namespace Tallygate.Wal;

/// <summary>Copies a log beside its writer.</summary>
public static class WalCopy
{
    private const int PartBytes = 256 * 1024;

    /// <summary>
    /// Copies the segments of the log in <paramref name="from"/> to a directory that is made here; durable on return. What was durable before
    /// the call is in the copy, and of what comes meanwhile whole batches only count, for a segment only grows and is read from its start.
    /// </summary>
    /// <exception cref="IOException">It could not be read or written; what was written is left there.</exception>
    public static void Copy(IWalFileSystem files, string from, string to)
    {
        files.CreateDirectory(to);
        var buffer = new byte[PartBytes];
        var segments = new SortedDictionary<long, string>();
        foreach (var name in files.List(from))
        {
            if (SegmentName.TryParse(name, out var index))
            {
                segments.Add(index, name);
            }
        }

        // The oldest first: what a newer segment says of an older one was true before it was said.
        foreach (var name in segments.Values)
        {
            using var source = files.Open(Path.Combine(from, name), writable: false);
            using var target = files.Create(Path.Combine(to, name));
            for (var at = 0L; source.Read(at, buffer) is > 0 and var read; at += read)
            {
                target.Write(at, buffer.AsSpan(0, read));
            }

            target.Sync();
        }

        files.SyncDirectory(to);
    }
}
