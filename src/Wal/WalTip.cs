namespace Tallygate.Wal;

/// <summary>
/// The growing end of a log: the newest segment and its file, what was written there and how much of it is durable. A file on which a write
/// or a sync failed is given up, and what follows goes to a new segment.
/// </summary>
/// <remarks>
/// Not thread-safe but for <see cref="Written"/> and <see cref="Durable"/>: <see cref="WalWriter"/> orders the calls. Whoever begins a segment
/// holds both of its gates, so that no sync is under way; <see cref="Sync"/> alone needs only the gate for syncs.
/// </remarks>
internal sealed class WalTip : IDisposable
{
    private readonly SegmentStore _store;
    private WalSegment _segment;
    private IWalFile _file;
    private long _written;
    private long _durable;

    /// <summary>Brings the disk to what inspection found and opens the newest segment, or begins the first.</summary>
    public WalTip(SegmentStore store, WalContents contents)
    {
        _store = store;
        Segments = contents.Segments;
        _written = contents.LastSequence;
        _durable = contents.LastSequence;
        IOException? unsealed = null;
        if (Segments.Count > 0)
        {
            (_segment, _file) = store.Repair(contents, out unsealed);
        }
        else
        {
            (_segment, _file) = store.Begin(contents);
            Segments.Add(_segment);
        }

        End = _segment.End;
        IsSealed = true;
        if (unsealed is not null)
        {
            GiveUp(unsealed);
        }
    }

    /// <summary>The segments in order; the last one is the tip's.</summary>
    public List<WalSegment> Segments { get; }

    /// <summary>The last record written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>The last record that survives a power loss.</summary>
    public long Durable => Volatile.Read(ref _durable);

    /// <summary>Where what was written to the segment ends.</summary>
    public long End { get; private set; }

    /// <summary>Whether a seal says that all of it is durable.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>Whether the file is not to be written to any more.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>How many segments were given up.</summary>
    public int SegmentsGivenUp { get; private set; }

    /// <summary>Why the last one was; null where none was.</summary>
    public IOException? WhyGivenUp { get; private set; }

    /// <summary>Writes a batch.</summary>
    /// <returns>The sequence of its first record.</returns>
    /// <exception cref="IOException">It is not written, and the file is given up.</exception>
    public long Write(WalBatch batch)
    {
        var first = _written + 1;
        var bytes = batch.Stamp(first, new DurableMark(_segment.End), Crc32C.Salted(_segment.Header.Salt));
        WriteAtEnd(bytes);
        _segment.Index.Add(first, End - bytes.Length);
        _written += batch.Count;
        IsSealed = false;
        return first;
    }

    /// <summary>Writes the seal behind all that is written, which must be durable.</summary>
    /// <returns>Where the segment ends now, to be taken as durable after a sync.</returns>
    /// <exception cref="IOException">It is not written, and the file is given up.</exception>
    public long WriteSeal()
    {
        Span<byte> seal = stackalloc byte[BatchHeader.Length];
        SegmentStore.WriteSeal(seal, _written + 1, _segment);
        WriteAtEnd(seal);
        IsSealed = true;
        return End;
    }

    /// <summary>Syncs the file; what was written before is to be taken as durable then.</summary>
    /// <exception cref="IOException">It failed; the file is to be given up.</exception>
    public void Sync() => _file.Sync();

    /// <summary>Takes everything up to a record, and to where it ends, as durable.</summary>
    public void TakeAsDurable(long written, long end)
    {
        _durable = written;
        _segment.LastSequence = written;
        _segment.End = end;
    }

    /// <summary>Writes to the file no more.</summary>
    public void GiveUp(IOException why)
    {
        IsSealed = false;
        if (!IsGivenUp)
        {
            IsGivenUp = true;
            WhyGivenUp = why;
            SegmentsGivenUp++;
        }
    }

    /// <summary>Gives up the file and all that is not durable, and begins a new segment if that can be done.</summary>
    public void TakeBack(IOException why)
    {
        GiveUp(why);
        _written = _durable;
        End = _segment.End;
        try
        {
            // Frees space on a full disk; recovery cuts here in any case.
            _file.Truncate(_segment.End);
        }
        catch (IOException)
        {
        }

        try
        {
            BeginSegment();
        }
        catch (IOException)
        {
            // The next append tries again.
        }
    }

    /// <summary>Begins a segment behind the durable part of this one; batches that were written but not synced move there.</summary>
    /// <exception cref="IOException">There is no new segment; the file is given up in any case.</exception>
    public void BeginSegment()
    {
        var givenUp = IsGivenUp;
        IsGivenUp = true;
        _segment.Index.CutFrom(_durable + 1);
        var (segment, file) = _store.Create(_segment, _durable + 1);
        try
        {
            var (written, end) = SegmentStore.CarryOver(_segment, _file, End, segment, file);
            file.Sync();
            _file.Dispose();
            Segments.Add(segment);
            (_segment, _file) = (segment, file);
            _written = written;
            End = end;
            TakeAsDurable(written, end);
            IsSealed = end == SegmentHeader.Length;
            IsGivenUp = false;
        }
        catch (IOException why)
        {
            file.Dispose();
            IsGivenUp = givenUp;
            GiveUp(why);
            _store.Discard(segment.Path);
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteAtEnd(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _file.Write(End, bytes);
        }
        catch (IOException why)
        {
            GiveUp(why);
            throw;
        }

        End += bytes.Length;
    }
}
