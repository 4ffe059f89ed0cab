using System.Security.Cryptography;

namespace Tallygate.Wal;

/// <summary>The segment files of one log: begins them, drops them, and mends what a crash left. Its caller sees to the order of calls.</summary>
internal sealed class SegmentStore(IWalFileSystem files, string directory, WalOptions options, long nextIndex)
{
    private long _nextIndex = nextIndex;

    public IWalFileSystem Files => files;

    /// <summary>Begins a segment durably: its header is synced, and so is its entry in the directory.</summary>
    /// <exception cref="IOException">There is no new segment.</exception>
    public (WalSegment Segment, IWalFile File) Create(WalSegment? previous, long baseSequence)
    {
        var index = _nextIndex++;
        var header = new SegmentHeader(
            options.Tag, index, baseSequence, previous?.Header.Index ?? 0, previous?.End ?? 0, options.Salt?.Invoke() ?? RandomSalt());
        var path = Path.Combine(directory, SegmentName.Of(index));
        var file = files.Create(path);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
            header.Write(bytes);
            file.Write(0, bytes);
            file.Sync();
            files.SyncDirectory(directory);
            return (new WalSegment(path, header), file);
        }
        catch (IOException)
        {
            file.Dispose();
            Discard(path);
            throw;
        }
    }

    /// <summary>Deletes the oldest segment, durably: a crash must leave no hole that recovery would have to take for a loss.</summary>
    public void Drop(WalSegment oldest)
    {
        files.Delete(oldest.Path);
        files.SyncDirectory(directory);
    }

    /// <summary>Deletes a segment that was begun in vain, if that can be done.</summary>
    public void Discard(string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (IOException)
        {
            // It belongs to no chain: the next start deletes it.
        }
    }

    /// <summary>Begins a log where inspection found none. Its first segment has index 1, so a later one that stands alone is a remnant.</summary>
    public (WalSegment Segment, IWalFile File) Begin(WalContents contents)
    {
        DeleteStrays(contents);
        files.SyncDirectory(directory);
        _nextIndex = 1;
        return Create(null, 1);
    }

    /// <summary>Brings the disk to what inspection found, before anything is appended, and opens the newest segment.</summary>
    /// <param name="unsealed">
    /// Why no seal stands at its end; null where one does. A disk without room for one is no reason not to start: the log can be read.
    /// </param>
    public (WalSegment Segment, IWalFile File) Repair(WalContents contents, out IOException? unsealed)
    {
        unsealed = null;
        DeleteStrays(contents);

        // The newest segment's entry may not be durable either, when the process before died while it began it.
        files.SyncDirectory(directory);
        var current = contents.Segments[^1];
        foreach (var segment in contents.Overlong)
        {
            using var old = files.Open(segment.Path, writable: true);
            old.Truncate(segment.End);
            old.Sync();
        }

        var file = files.Open(current.Path, writable: true);
        try
        {
            if (contents.Tail is not null)
            {
                file.Truncate(current.End);
            }

            Rewrite(file, contents.UncoveredOffset, current.End);
            file.Sync();
            if (contents.NeedsSeal)
            {
                unsealed = TrySeal(file, contents.LastSequence + 1, current);
            }

            return (current, file);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    private static IOException? TrySeal(IWalFile file, long nextSequence, WalSegment segment)
    {
        Span<byte> seal = stackalloc byte[BatchHeader.Length];
        WriteSeal(seal, nextSequence, segment);
        try
        {
            file.Write(segment.End, seal);
            file.Sync();
            segment.End += seal.Length;
            return null;
        }
        catch (IOException why)
        {
            // All that the seal would speak of is durable; the next segment says so too, and that this one ends before the seal.
            return why;
        }
    }

    /// <summary>Copies the batches of <paramref name="old"/> behind its durable end to a new segment; damage among them ends the copy.</summary>
    /// <returns>The last record copied and the end of the new segment.</returns>
    public static (long Written, long End) CarryOver(WalSegment old, IWalFile oldFile, long oldEnd, WalSegment segment, IWalFile file)
    {
        var written = segment.LastSequence;
        var end = segment.End;
        using var scanner = new SegmentScanner(oldFile, old.Header.Salt, old.End, oldEnd);
        while (scanner.Read(written + 1, out var header, out _, out _) == ScanResult.Batch)
        {
            if (header.IsSeal)
            {
                continue;
            }

            var bytes = scanner.LastBatch(header.BodyLength);
            WalBatch.Stamp(bytes, header.Count, header.FirstSequence, new DurableMark(segment.End), Crc32C.Salted(segment.Header.Salt));
            file.Write(end, bytes);
            segment.Index.Add(header.FirstSequence, end);
            written = header.LastSequence;
            end += bytes.Length;
        }

        return (written, end);
    }

    /// <summary>Writes the seal that follows all of <paramref name="segment"/>.</summary>
    public static void WriteSeal(Span<byte> target, long nextSequence, WalSegment segment) =>
        new BatchHeader(nextSequence, new DurableMark(segment.End), 0, 0).Write(target, Crc32C.Salted(segment.Header.Salt));

    // What no mark covers may stand in the system's cache only, and after a sync that failed in the process before, a sync now would
    // say "done" without writing it. Writing the same bytes again makes the sync mean something.
    private static void Rewrite(IWalFile file, long from, long to)
    {
        var buffer = new byte[256 * 1024];
        while (from < to)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - from));
            var read = file.Read(from, part);
            if (read < part.Length)
            {
                throw new IOException("the file became shorter while it was read");
            }

            file.Write(from, part);
            from += part.Length;
        }
    }

    private void DeleteStrays(WalContents contents)
    {
        foreach (var stray in contents.Strays)
        {
            files.Delete(stray);
        }
    }

    private static ulong RandomSalt()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
