namespace Tallygate.Wal;

/// <summary>
/// The writing end of a log: records numbered densely from 1, in batches that are taken whole or not at all, in segment files.
/// </summary>
/// <remarks>
/// Doctrine. One writer per directory (take <see cref="IWalFileSystem.Lock"/> first). A failed write or sync is never tried again on
/// the same file: the segment is given up behind its durable part and a new one begins whose header says so; recovery cuts the old one
/// there. With <see cref="WalOptions.SyncEachBatch"/> a batch whose append threw is not in the log, unless no new segment could be begun
/// and the process dies before one can: then it may be, once. Without it, batches not yet synced move to the new segment.
/// While no segment can be begun (the disk is full), every append throws and tries again; nothing that was acknowledged is at stake.
/// Thread-safe; without <see cref="WalOptions.SyncEachBatch"/> appends do not wait for a sync under way.
/// </remarks>
public sealed class WalWriter : IDisposable
{
    // Held for as long as a sync, a rotation or a recovery takes; always taken before _gate.
    private readonly Lock _syncGate = new();

    // Guards all fields below; held while bytes go to the system, not while they go to the disk.
    private readonly Lock _gate = new();

    private readonly string _directory;
    private readonly WalOptions _options;
    private readonly IWalFileSystem _files;
    private readonly List<WalSegment> _segments;
    private WalSegment _current;
    private IWalFile _file;
    private long _nextIndex;
    private long _written;
    private long _end;
    private long _durable;
    private bool _sealed;
    private bool _givenUp;
    private bool _disposed;

    // Step's memory: the newest record it has seen, and since when nothing came behind it.
    private long _quietSequence = -1;
    private long _quietSinceMs;

    private WalWriter(string directory, WalOptions options, IWalFileSystem files, WalContents contents)
    {
        _directory = directory;
        _options = options;
        _files = files;
        _segments = contents.Segments;
        _nextIndex = contents.NextIndex;
        _written = contents.LastSequence;
        _durable = contents.LastSequence;
        Tail = contents.Tail;
        (_current, _file) = contents.Segments.Count == 0 ? CreateSegment(null) : Repair(contents);
        _end = _current.End;
        _sealed = true;
    }

    /// <summary>The last record written; it survives the process, and the machine once <see cref="DurableSequence"/> reaches it.</summary>
    public long LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _written;
            }
        }
    }

    /// <summary>The last record that survives a power loss.</summary>
    public long DurableSequence
    {
        get
        {
            lock (_gate)
            {
                return _durable;
            }
        }
    }

    /// <summary>The first record that is still there, or the one that will come first.</summary>
    public long FirstSequence
    {
        get
        {
            lock (_gate)
            {
                return _segments[0].Header.BaseSequence;
            }
        }
    }

    /// <summary>What opening cut; null where the log ended cleanly.</summary>
    public TornTail? Tail { get; }

    /// <summary>How many segments were given up after a failed write or sync since the log was opened.</summary>
    public int SegmentsGivenUp { get; private set; }

    /// <summary>
    /// Opens the log in <paramref name="directory"/>, which must exist and be locked by the caller, or begins one. All of it is read
    /// and checked; <paramref name="replay"/> sees every record. When this returns, all of it is durable.
    /// </summary>
    /// <exception cref="WalCorruptionException">Acknowledged records cannot be read; nothing was changed.</exception>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static WalWriter Open(
        string directory, WalOptions? options = null, IWalFileSystem? files = null, RecordVisitor? replay = null)
    {
        options ??= new WalOptions();
        files ??= DiskFileSystem.Instance;
        return new WalWriter(directory, options, files, WalInspection.Read(files, directory, options.Tag, replay));
    }

    /// <summary>
    /// Appends a batch with one write, and one sync where the options say so. The batch must not be empty; it can be cleared and used
    /// again afterwards.
    /// </summary>
    /// <returns>The sequence of its first record.</returns>
    /// <exception cref="IOException">The batch is not in the log (see the remarks of this type). Later appends may succeed.</exception>
    public long Append(WalBatch batch)
    {
        ArgumentOutOfRangeException.ThrowIfZero(batch.Count);
        if (_options.SyncEachBatch)
        {
            lock (_syncGate)
            {
                PrepareSegment();
                return AppendDurable(batch);
            }
        }

        while (true)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (!_givenUp && !IsFull)
                {
                    return Write(batch);
                }
            }

            lock (_syncGate)
            {
                PrepareSegment();
            }
        }
    }

    /// <summary>Makes all that was appended survive a power loss.</summary>
    /// <exception cref="IOException">It does not yet; the next call tries again, in a new segment.</exception>
    public void Sync()
    {
        lock (_syncGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SyncCurrent();
        }
    }

    /// <summary>
    /// Syncs what was appended, then writes and syncs the statement that all of it is durable: damage found later in it is corruption,
    /// never a torn tail. Nothing happens where that statement stands already.
    /// </summary>
    /// <exception cref="IOException">The log is not sealed.</exception>
    public void Seal()
    {
        lock (_syncGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SealCurrent();
        }
    }

    /// <summary>
    /// Does what is due at <paramref name="nowMs"/>: syncs what was appended, and seals after a while of quiet. To be called by one loop.
    /// </summary>
    /// <returns>When to call again, in milliseconds on the same clock.</returns>
    /// <exception cref="IOException">As for <see cref="Sync"/>; calling again is right.</exception>
    public long Step(long nowMs)
    {
        Sync();
        var last = LastSequence;
        if (last != _quietSequence || nowMs < _quietSinceMs)
        {
            _quietSequence = last;
            _quietSinceMs = nowMs;
        }
        else if (nowMs - _quietSinceMs >= _options.SealAfterMs)
        {
            Seal();
        }

        return nowMs + _options.SealAfterMs;
    }

    /// <summary>Begins a new segment, so that <see cref="DropBefore"/> can drop all that was appended before.</summary>
    /// <exception cref="IOException">There is no new segment.</exception>
    public void Rotate()
    {
        lock (_syncGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            SyncCurrent();
            lock (_gate)
            {
                if (_end > SegmentHeader.Length)
                {
                    BeginSegment();
                }
            }
        }
    }

    /// <summary>
    /// Deletes the segments all of whose records come before <paramref name="sequence"/>, oldest first; the newest segment stays.
    /// Readers that stand in a deleted segment fail with an <see cref="IOException"/> at their next segment, at the latest.
    /// </summary>
    public void DropBefore(long sequence)
    {
        lock (_syncGate)
        {
            while (true)
            {
                WalSegment oldest;
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    if (_segments.Count == 1 || _segments[0].LastSequence >= sequence)
                    {
                        return;
                    }

                    oldest = _segments[0];
                    _segments.RemoveAt(0);
                }

                // One at a time and durably, so that a crash leaves no hole that recovery would have to take for a loss.
                _files.Delete(oldest.Path);
                _files.SyncDirectory(_directory);
            }
        }
    }

    /// <summary>Reads the durable records behind <paramref name="sequence"/>, up to the last one at the time of the call.</summary>
    public WalReader ReadAfter(long sequence)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new WalReader(_files, _segments, sequence, _durable);
        }
    }

    /// <summary>Seals the log as well as it can and closes it. Call <see cref="Seal"/> first to learn of failures.</summary>
    public void Dispose()
    {
        lock (_syncGate)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                SealCurrent();
            }
            catch (IOException)
            {
                // What was acknowledged is durable without a seal.
            }

            lock (_gate)
            {
                _disposed = true;
                _file.Dispose();
            }
        }
    }

    private bool IsFull => _end >= _options.SegmentBytes;

    private void PrepareSegment()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_givenUp)
            {
                BeginSegment();
            }

            if (!IsFull)
            {
                return;
            }
        }

        SyncCurrent();
        lock (_gate)
        {
            if (IsFull)
            {
                BeginSegment();
            }
        }
    }

    private long AppendDurable(WalBatch batch)
    {
        try
        {
            long first;
            lock (_gate)
            {
                first = Write(batch);
            }

            _file.Sync();
            lock (_gate)
            {
                TakeAsDurable(_written, _end);
            }

            return first;
        }
        catch (IOException)
        {
            lock (_gate)
            {
                GiveUp();
                _written = _durable;
                _end = _current.End;
                TryBeginSegment();
            }

            throw;
        }
    }

    // Under _gate.
    private long Write(WalBatch batch)
    {
        var first = _written + 1;
        var bytes = batch.Stamp(first, new DurableMark(_current.End), Crc32C.Salted(_current.Header.Salt));
        try
        {
            _file.Write(_end, bytes);
        }
        catch (IOException)
        {
            GiveUp();
            throw;
        }

        _current.Index.Add(first, _end);
        _written += batch.Count;
        _end += bytes.Length;
        _sealed = false;
        return first;
    }

    // Under _syncGate.
    private void SyncCurrent()
    {
        long written;
        long end;
        lock (_gate)
        {
            if (_givenUp)
            {
                BeginSegment();
                return;
            }

            if (_durable == _written)
            {
                return;
            }

            written = _written;
            end = _end;
        }

        try
        {
            _file.Sync();
        }
        catch (IOException)
        {
            lock (_gate)
            {
                GiveUp();
                BeginSegment();
            }

            return;
        }

        lock (_gate)
        {
            TakeAsDurable(written, end);
        }
    }

    // Under _syncGate.
    private void SealCurrent()
    {
        SyncCurrent();
        long end;
        lock (_gate)
        {
            if (_sealed || _givenUp || _durable != _written)
            {
                return;
            }

            Span<byte> seal = stackalloc byte[BatchHeader.Length];
            WriteSeal(seal, _written + 1, _current);
            try
            {
                _file.Write(_end, seal);
            }
            catch (IOException)
            {
                GiveUp();
                throw;
            }

            _end += seal.Length;
            end = _end;
            _sealed = true;
        }

        try
        {
            _file.Sync();
        }
        catch (IOException)
        {
            lock (_gate)
            {
                _sealed = false;
                GiveUp();
            }

            throw;
        }

        lock (_gate)
        {
            _current.End = end;
        }
    }

    private static void WriteSeal(Span<byte> target, long nextSequence, WalSegment segment) =>
        new BatchHeader(nextSequence, new DurableMark(segment.End), 0, 0).Write(target, Crc32C.Salted(segment.Header.Salt));

    // Under _gate.
    private void TakeAsDurable(long written, long end)
    {
        _durable = written;
        _current.LastSequence = written;
        _current.End = end;
    }

    // Under _gate: the current file is not written to any more.
    private void GiveUp()
    {
        if (!_givenUp)
        {
            _givenUp = true;
            SegmentsGivenUp++;
        }
    }

    // Under both gates.
    private void TryBeginSegment()
    {
        try
        {
            // Frees space on a full disk; recovery cuts here in any case.
            _file.Truncate(_current.End);
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

    // Under both gates: a new segment behind the durable part of the current one; batches that were written but not synced move there.
    private void BeginSegment()
    {
        var givenUp = _givenUp;
        _givenUp = true;
        _current.Index.CutFrom(_durable + 1);
        var (segment, file) = CreateSegment(_current);
        try
        {
            var (written, end) = CarryOver(segment, file);
            file.Sync();
            _file.Dispose();
            _segments.Add(segment);
            (_current, _file) = (segment, file);
            _written = written;
            _end = end;
            TakeAsDurable(written, end);
            _sealed = end == SegmentHeader.Length;
            _givenUp = false;
        }
        catch (IOException)
        {
            file.Dispose();
            _givenUp = givenUp;
            GiveUp();
            Discard(segment.Path);
            throw;
        }
    }

    private (long Written, long End) CarryOver(WalSegment segment, IWalFile file)
    {
        var written = _durable;
        var end = segment.End;
        using var scanner = new SegmentScanner(_file, _current.Header.Salt, _current.End, _end);
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

    private (WalSegment Segment, IWalFile File) CreateSegment(WalSegment? previous)
    {
        var index = _nextIndex++;
        var header = new SegmentHeader(
            _options.Tag, index, _durable + 1, previous?.Header.Index ?? 0, previous?.End ?? 0, _options.Salt?.Invoke() ?? RandomSalt());
        var path = Path.Combine(_directory, SegmentName.Of(index));
        var file = _files.Create(path);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
            header.Write(bytes);
            file.Write(0, bytes);
            file.Sync();
            _files.SyncDirectory(_directory);
            return (new WalSegment(path, header), file);
        }
        catch (IOException)
        {
            file.Dispose();
            Discard(path);
            throw;
        }
    }

    private void Discard(string path)
    {
        try
        {
            _files.Delete(path);
        }
        catch (IOException)
        {
            // It belongs to no chain: the next start deletes it.
        }
    }

    // Brings the disk to what inspection found, before anything is appended.
    private (WalSegment Segment, IWalFile File) Repair(WalContents contents)
    {
        foreach (var stray in contents.Strays)
        {
            _files.Delete(stray);
        }

        if (contents.Strays.Count > 0)
        {
            _files.SyncDirectory(_directory);
        }

        var current = contents.Segments[^1];
        foreach (var segment in contents.Overlong)
        {
            using var old = _files.Open(segment.Path, writable: true);
            old.Truncate(segment.End);
            old.Sync();
        }

        var file = _files.Open(current.Path, writable: true);
        try
        {
            if (contents.Tail is not null)
            {
                file.Truncate(current.End);
            }

            if (contents.UncoveredOffset < current.End)
            {
                Rewrite(file, contents.UncoveredOffset, current.End);
                Span<byte> seal = stackalloc byte[BatchHeader.Length];
                WriteSeal(seal, contents.LastSequence + 1, current);
                file.Sync();
                file.Write(current.End, seal);
                current.End += seal.Length;
                file.Sync();
            }
            else if (contents.Tail is not null)
            {
                file.Sync();
            }

            return (current, file);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

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

    private static ulong RandomSalt()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}
