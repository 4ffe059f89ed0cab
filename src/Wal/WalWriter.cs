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

    // Guards the tip; held while bytes go to the system, not while they go to the disk.
    private readonly Lock _gate = new();

    private readonly WalOptions _options;
    private readonly SegmentStore _store;
    private readonly WalTip _tip;
    private bool _disposed;

    // Step's memory: the newest record it has seen, and since when nothing came behind it.
    private long _quietSequence = -1;
    private long _quietSinceMs;

    private WalWriter(string directory, WalOptions options, IWalFileSystem files, WalContents contents)
    {
        _options = options;
        _store = new SegmentStore(files, directory, options, contents.NextIndex);
        _tip = new WalTip(_store, contents);
        Tail = contents.Tail;
    }

    /// <summary>The last record written; it survives the process, and the machine once <see cref="DurableSequence"/> reaches it.</summary>
    public long LastSequence => _tip.Written;

    /// <summary>The last record that survives a power loss.</summary>
    public long DurableSequence => _tip.Durable;

    /// <summary>The first record that is still there, or the one that will come first.</summary>
    public long FirstSequence
    {
        get
        {
            lock (_gate)
            {
                return _tip.Segments[0].Header.BaseSequence;
            }
        }
    }

    /// <summary>What opening cut; null where the log ended cleanly.</summary>
    public TornTail? Tail { get; }

    /// <summary>How many segments were given up after a failed write or sync since the log was opened.</summary>
    public int SegmentsGivenUp => _tip.SegmentsGivenUp;

    /// <summary>Why the last one was given up; null where none was.</summary>
    public IOException? WhyGivenUp => _tip.WhyGivenUp;

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
                if (!_tip.IsGivenUp && !IsFull)
                {
                    return _tip.Write(batch);
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
                if (_tip.End > SegmentHeader.Length)
                {
                    BeginBehindAll();
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
                    if (_tip.Segments.Count == 1 || _tip.Segments[0].LastSequence >= sequence)
                    {
                        return;
                    }

                    oldest = _tip.Segments[0];
                    _tip.Segments.RemoveAt(0);
                }

                _store.Drop(oldest);
            }
        }
    }

    /// <summary>
    /// Reads the durable records behind <paramref name="sequence"/>, up to <paramref name="last"/>, or to the last one there is now.
    /// </summary>
    public WalReader ReadAfter(long sequence, long last = long.MaxValue)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new WalReader(_store.Files, _tip.Segments, sequence, Math.Min(last, _tip.Durable));
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
                _tip.Dispose();
            }
        }
    }

    private bool IsFull => _tip.End >= _options.SegmentBytes;

    private void PrepareSegment()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_tip.IsGivenUp)
            {
                _tip.BeginSegment();
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
                BeginBehindAll();
            }
        }
    }

    /// <summary>
    /// Begins a segment behind all that is written. What came while the rest was synced is synced here: a header that leaves it to be carried
    /// over would take it away from a process that dies before it was. Under both gates.
    /// </summary>
    private void BeginBehindAll()
    {
        if (!_tip.IsGivenUp && _tip.Durable != _tip.Written)
        {
            try
            {
                _tip.Sync();
                _tip.TakeAsDurable(_tip.Written, _tip.End);
            }
            catch (IOException why)
            {
                _tip.GiveUp(why);
            }
        }

        _tip.BeginSegment();
    }

    private long AppendDurable(WalBatch batch)
    {
        try
        {
            long first;
            lock (_gate)
            {
                first = _tip.Write(batch);
            }

            _tip.Sync();
            lock (_gate)
            {
                _tip.TakeAsDurable(_tip.Written, _tip.End);
            }

            return first;
        }
        catch (IOException why)
        {
            lock (_gate)
            {
                _tip.TakeBack(why);
            }

            throw;
        }
    }

    // Under _syncGate.
    private void SyncCurrent()
    {
        long written;
        long end;
        lock (_gate)
        {
            if (_tip.IsGivenUp)
            {
                _tip.BeginSegment();
                return;
            }

            if (_tip.Durable == _tip.Written)
            {
                return;
            }

            written = _tip.Written;
            end = _tip.End;
        }

        try
        {
            _tip.Sync();
        }
        catch (IOException why)
        {
            lock (_gate)
            {
                _tip.GiveUp(why);
                _tip.BeginSegment();
            }

            return;
        }

        lock (_gate)
        {
            _tip.TakeAsDurable(written, end);
        }
    }

    // Under _syncGate.
    private void SealCurrent()
    {
        SyncCurrent();
        long end;
        lock (_gate)
        {
            if (_tip.IsSealed || _tip.IsGivenUp || _tip.Durable != _tip.Written)
            {
                return;
            }

            end = _tip.WriteSeal();
        }

        try
        {
            _tip.Sync();
        }
        catch (IOException why)
        {
            lock (_gate)
            {
                _tip.GiveUp(why);
            }

            throw;
        }

        lock (_gate)
        {
            // The seal, and no records that came behind it meanwhile.
            _tip.TakeAsDurable(_tip.Durable, end);
        }
    }
}
