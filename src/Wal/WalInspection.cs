namespace Tallygate.Wal;

/// <summary>
/// Reads a whole log and decides what is truth, what is an unfinished end, and what is damage. It changes nothing on disk.
/// </summary>
/// <remarks>
/// The newest segment that was begun whole names its predecessor and how far that one counts, and so on down to the oldest.
/// Everything but the newest segment must be whole. In the newest one, damage that lies at or before the highest mark found anywhere
/// behind it was once acknowledged: corruption. Damage behind every mark is what a crash leaves: a torn tail.
/// </remarks>
internal static class WalInspection
{
    /// <exception cref="WalCorruptionException">Acknowledged records cannot be read.</exception>
    /// <exception cref="NewerVersionException">A segment, or a record by the visitor's word, is of a version that came later.</exception>
    public static WalContents Read(IWalFileSystem files, string directory, uint tag, RecordVisitor? visit)
    {
        var contents = new WalContents();
        var names = new SortedSet<long>();
        foreach (var name in files.List(directory))
        {
            if (SegmentName.TryParse(name, out var index))
            {
                names.Add(index);
            }
        }

        if (names.Count == 0)
        {
            return contents;
        }

        contents.NextIndex = names.Max + 1;
        FindChain(files, directory, tag, names, contents);
        for (var i = 0; i < contents.Segments.Count; i++)
        {
            var segment = contents.Segments[i];
            if (i == 0)
            {
                contents.LastSequence = segment.Header.BaseSequence - 1;
            }
            else if (segment.Header.BaseSequence != contents.LastSequence + 1)
            {
                throw new WalCorruptionException(
                    segment.Path, 0, $"it begins with record {segment.Header.BaseSequence}, but record {contents.LastSequence + 1} comes next");
            }

            ReadSegment(files, segment, i + 1 < contents.Segments.Count ? contents.Segments[i + 1] : null, contents, visit);
        }

        return contents;
    }

    private static void FindChain(IWalFileSystem files, string directory, uint tag, SortedSet<long> names, WalContents contents)
    {
        var chained = new HashSet<long>();
        SegmentHeader? newer = null;
        foreach (var index in names.Reverse())
        {
            if (newer is not null && index != newer.Value.PreviousIndex)
            {
                continue;
            }

            var path = Path.Combine(directory, SegmentName.Of(index));
            if (ReadHeader(files, path, index, tag, mayBeUnfinished: newer is null) is not { } header)
            {
                continue;
            }

            contents.Segments.Add(new WalSegment(path, header));
            chained.Add(index);
            newer = header;
        }

        if (newer is null && names.Max > 1)
        {
            throw new WalCorruptionException(
                Path.Combine(directory, SegmentName.Of(names.Max)), 0, "its header is missing, and so is the segment before it");
        }

        contents.Segments.Reverse();
        if (contents.Segments.Count > 0 && contents.Segments[0].Header.PreviousIndex is var missing and > 0 && names.Min < missing)
        {
            // Old segments are dropped from the front, so one that is missing behind others was lost.
            throw new WalCorruptionException(Path.Combine(directory, SegmentName.Of(missing)), 0, "the segment is missing");
        }

        foreach (var index in names)
        {
            if (!chained.Contains(index))
            {
                contents.Strays.Add(Path.Combine(directory, SegmentName.Of(index)));
            }
        }
    }

    private static SegmentHeader? ReadHeader(IWalFileSystem files, string path, long index, uint tag, bool mayBeUnfinished)
    {
        using var file = files.Open(path, writable: false);
        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        var read = file.Read(0, bytes);
        if (!SegmentHeader.TryRead(bytes[..read], out var header, out var reason))
        {
            if (SegmentHeader.IsWhole(bytes[..read]) && SegmentHeader.VersionOf(bytes) is var version and > SegmentHeader.Version)
            {
                throw new NewerVersionException(path, version, SegmentHeader.Version);
            }

            // The header is synced before anything is written behind it: a broken one alone is a beginning that a crash left.
            if (mayBeUnfinished && file.Length <= SegmentHeader.Length && !SegmentHeader.IsWhole(bytes[..read]))
            {
                return null;
            }

            throw new WalCorruptionException(path, 0, reason);
        }

        if (header.Index != index)
        {
            throw new WalCorruptionException(path, 0, $"it was written as {SegmentName.Of(header.Index)} and renamed");
        }

        return header.Tag == tag ? header : throw new WalCorruptionException(path, 12, "it belongs to another kind of log");
    }

    private static void ReadSegment(
        IWalFileSystem files, WalSegment segment, WalSegment? next, WalContents contents, RecordVisitor? visit)
    {
        using var file = files.Open(segment.Path, writable: false);
        var length = file.Length;
        var end = next?.Header.PreviousEnd ?? length;
        if (end > length)
        {
            throw new WalCorruptionException(segment.Path, length, $"the file ends here, but byte {end} of it was acknowledged");
        }

        if (end < length)
        {
            contents.Overlong.Add(segment);
        }

        using var scanner = new SegmentScanner(file, segment.Header.Salt, SegmentHeader.Length, end);
        var mark = new DurableMark(0);
        var endsWithBatch = false;
        while (true)
        {
            var offset = scanner.Offset;
            var result = scanner.Read(contents.LastSequence + 1, out var header, out var body, out var reason);
            if (result == ScanResult.Batch)
            {
                mark = header.Mark;
                endsWithBatch = !header.IsSeal;
                if (endsWithBatch)
                {
                    segment.Index.Add(header.FirstSequence, offset);
                    contents.LastSequence = header.LastSequence;
                    Visit(segment.Path, offset, header, body, visit);
                }

                continue;
            }

            if (result == ScanResult.Damaged)
            {
                if (next is not null || scanner.HighestMarkBehind() is { } later && later.Covers(offset))
                {
                    throw new WalCorruptionException(segment.Path, offset, reason);
                }

                contents.Tail = new TornTail(segment.Path, offset, length - offset, reason);
            }

            segment.End = offset;
            segment.LastSequence = contents.LastSequence;
            contents.UncoveredOffset = Math.Min(mark.Offset, offset);
            contents.NeedsSeal = endsWithBatch;
            return;
        }
    }

    private static void Visit(string path, long offset, in BatchHeader header, ReadOnlySpan<byte> body, RecordVisitor? visit)
    {
        if (visit is null)
        {
            return;
        }

        for (var i = 0; i < header.Count && RecordFrame.TryPeek(body, out var frame); i++)
        {
            try
            {
                visit(frame.Sequence, frame.Type, frame.Payload(body));
            }
            catch (NewerVersionException newer)
            {
                throw newer.In($"{path} at byte {offset}");
            }

            body = body[frame.FrameLength..];
        }
    }
}
