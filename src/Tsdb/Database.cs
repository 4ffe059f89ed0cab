using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Compaction;
using Tallygate.Tsdb.Head;
using Tallygate.Tsdb.Import;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Notes;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb;

/// <summary>
/// A time-series database: in memory, made durable by a write-ahead log or by a source that can be replayed, and by head snapshots.
/// Thread-safe, but for <see cref="Step"/>, which one loop calls.
/// </summary>
/// <remarks>
/// Doctrine. With a write-ahead log a commit that has returned survives the death of the process; it survives a power loss once
/// <see cref="Step"/> has synced it, which is due each second. Without one, what survives is the newest head snapshot; its
/// source position says from where the source must be replayed. A commit that throws has left nothing, unless the log gave up a
/// file and the process dies before it could begin a new one (see <see cref="WalWriter"/>). The directory is locked for this process.
/// Damage found while opening stops the start and changes nothing.
/// </remarks>
public sealed class Database : IQueryableStorage, IAppendableStorage, IDeletableStorage, IDisposable, IAsyncDisposable
{
    // Tells this log from others.
    private const uint WalTag = 0x31445354;
    private const long StepMs = 1000;
    private const long RetentionEveryMs = 60_000;
    private const long SnapshotRetryMs = 10_000;
    private const long ForgetLabelsEveryMs = 5 * 60_000;

    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HeadBlock _head;
    private readonly Disk? _disk;
    private readonly Lock _snapshotLock = new();
    private readonly Lock _blockWork = new();
    private long _durableSource;
    private long _bytesAtSnapshot;
    private long _versionAtSnapshot;
    private long _snapshotLength;
    private long _snapshots;
    private long _snapshotsFailed;
    private long _syncsFailed;
    private int _segmentsGivenUp;
    private long _retentionDue = long.MinValue;
    private long? _labelsForgotten;
    private long? _synced;
    private long _snapshotDue = long.MinValue;
    private volatile bool _snapshotWanted;
    private bool _disposed;

    private sealed record Disk(string Directory, IWalFileSystem Files, IDisposable Lock, WalWriter? Wal)
    {
        public required Compactor Compactor { get; init; }
    }

    private Database(DatabaseOptions options, TimeProvider time, ILogger logger, HeadBlock head, Func<Database, Disk>? disk)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _head = head;
        _disk = disk?.Invoke(this);
    }

    /// <summary>How many series the head holds.</summary>
    public int SeriesCount => _head.SeriesCount;

    /// <inheritdoc/>
    public long DurableSourcePosition => _disk is null ? _head.Versions.SourcePosition : Volatile.Read(ref _durableSource);

    /// <summary>The newest source position that was committed, durable or not.</summary>
    public long SourcePosition => _head.Versions.SourcePosition;

    /// <summary>Opens the database in <paramref name="directory"/>, which is made where it is not there.</summary>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    /// <exception cref="WalCorruptionException">The write-ahead log is damaged.</exception>
    /// <exception cref="TsdbCorruptionException">The head snapshot is damaged.</exception>
    /// <exception cref="NewerVersionException">A file is of a version that came later.</exception>
    /// <exception cref="IOException">The directory cannot be read or written, or another process has it.</exception>
    public static Database Open(string directory, DatabaseOptions options, TimeProvider time, ILogger logger)
    {
        var head = options.MakeHead();
        var files = options.Files ?? DiskFileSystem.Instance;
        files.CreateDirectory(directory);
        var held = files.Lock(directory);
        WalWriter? wal = null;
        List<Block> blocks = [];
        try
        {
            blocks = new BlockDirectory(files, directory, logger).Load();
            HeadMark? mark = null;
            foreach (var block in blocks)
            {
                mark = HeadMark.Later(mark, block.Meta.Seal?.Head);
            }

            var facts = HeadSnapshotFile.Read(files, directory, head);
            if (head.Notes is not null)
            {
                NotesFile.Read(files, directory, head.Notes);
            }

            // A snapshot that knows of the newest cut no longer has what the blocks have.
            mark = mark is { } m && facts.MinTime < m.MaxTime ? m : null;
            var covered = head.Versions.Newest;
            if (options.WriteAheadLog)
            {
                wal = OpenLog(files, Path.Combine(directory, "wal"), head, facts.LogSequence, mark, ref covered);
                head.Attach(wal);
                if (wal.Tail is { } tail)
                {
                    Log.TailCut(logger, directory, tail.File, tail.Offset, tail.Length);
                }
            }

            var minTime = facts.MinTime;
            if (mark is { } inBlocks)
            {
                head.Seal(inBlocks.MaxTime);
                head.LeaveOut(inBlocks);
                minTime = Math.Max(minTime, inBlocks.MaxTime);
                foreach (var _ in head.Truncate(inBlocks.MaxTime, covered))
                {
                }
            }
            else if (minTime == long.MinValue && head.SeriesCount == 0 && blocks.Count > 0)
            {
                // Blocks that came from elsewhere: the head begins where they end.
                minTime = blocks.Max(static b => b.Meta.MaxTime);
            }

            // Through the log, so that a replay knows it too.
            head.Seal(minTime);
            Log.Opened(logger, directory, head.SeriesCount, facts.SourcePosition);
            var database = new Database(options, time, logger, head, self => new Disk(directory, files, held, wal)
            {
                Compactor = new Compactor(
                    files, directory, head, options, time, logger, () => self.TrySnapshot(self._disk!), () => wal?.Sync()),
            })
            {
                _durableSource = facts.SourcePosition,
                _snapshotLength = facts.Length,
                _versionAtSnapshot = wal is null && mark is null ? head.Versions.Newest : -1,
            };
            database._disk!.Compactor.States.Publish(blocks, minTime);
            blocks = [];
            database.TakeOverPrometheus(time.GetUtcNow().ToUnixTimeMilliseconds());
            return database;
        }
        catch
        {
            blocks.ForEach(static b => b.Dispose());
            wal?.Dispose();
            head.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>A database that lives in memory only; what was committed is as durable as it gets.</summary>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    public static Database InMemory(DatabaseOptions options, TimeProvider time) =>
        new(options, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, options.MakeHead(), null);

    /// <inheritdoc/>
    public IAppender Appender()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _head.Appender(_time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    public IQuerier Querier(long minTime, long maxTime) => new DatabaseQuerier(View(), minTime, maxTime);

    /// <inheritdoc/>
    public IStorageSnapshot Snapshot() => View();

    /// <summary>
    /// The exemplars from <paramref name="minTime"/> to <paramref name="maxTime"/> (Unix ms, both in it) of series that fulfil all matchers
    /// of one of the <paramref name="selectors"/>, in the order of the labels. Commits that have returned are in it. Thread-safe.
    /// </summary>
    public IReadOnlyList<ExemplarSeries> SelectExemplars(
        long minTime, long maxTime, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors) =>
        _head.Notes?.Exemplars?.Select(minTime, maxTime, selectors) ?? [];

    /// <summary>How many exemplars there are; null where none are kept at all.</summary>
    public ExemplarStatistics? Exemplars => _head.Notes?.Exemplars?.Statistics;

    /// <summary>Keeps so many exemplars from now on, where any are kept at all. Thread-safe.</summary>
    public void ResizeExemplars(int capacity) => _head.Notes?.Exemplars?.Resize(capacity);

    /// <summary>What was said of families, in no order; none where it is not kept. Thread-safe.</summary>
    public IReadOnlyList<FamilyDescription> Metadata => _head.Notes?.Metadata?.All() ?? [];

    /// <summary>The next <see cref="Step"/> writes a head snapshot. May be called by any thread.</summary>
    public void RequestSnapshot() => _snapshotWanted = true;

    /// <summary>
    /// Does what is due at <paramref name="now"/> (Unix ms): syncs the log, drops what is past retention, writes a head snapshot. Failures
    /// of the disk are logged, and tried again when next due.
    /// </summary>
    /// <returns>When to call again, Unix ms.</returns>
    public long Step(long now)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_synced is not { } synced || now - synced >= StepMs || now < synced)
        {
            _synced = now;
            SyncLog(now);
        }

        DropPastRetention(now);
        if (_labelsForgotten is not { } forgotten || now - forgotten >= ForgetLabelsEveryMs || now < forgotten)
        {
            _labelsForgotten = now;
            _head.ForgetLabels();
        }

        // While somebody deletes or copies blocks, they are left alone.
        if (_disk is null || !_blockWork.TryEnter())
        {
            return now + StepMs;
        }

        long again;
        try
        {
            again = _disk.Compactor.Step(now);
        }
        finally
        {
            _blockWork.Exit();
        }

        if (!_disk.Compactor.IsCutting && now >= _snapshotDue && (_snapshotWanted || IsSnapshotDue()))
        {
            _snapshotWanted = false;
            if (!TrySnapshot(_disk))
            {
                _snapshotWanted = true;
                _snapshotDue = now + SnapshotRetryMs;
            }
        }

        return now + Math.Min(StepMs, again);
    }

    /// <summary>How much the head holds, and of what. Goes through all series: not for every second.</summary>
    public HeadStatistics Statistics() => HeadSurvey.Take(_head);

    /// <summary>What was done to the files since the start.</summary>
    public DatabaseWork Work => new(
        _disk?.Compactor.Done ?? 0,
        _disk?.Compactor.Failed ?? 0,
        Volatile.Read(ref _snapshots),
        Volatile.Read(ref _snapshotsFailed),
        _head.LogFailures + Volatile.Read(ref _syncsFailed) + (_disk?.Wal?.SegmentsGivenUp ?? 0));

    /// <summary>The blocks on disk, by their first time.</summary>
    public IReadOnlyList<BlockInfo> Blocks => _disk is null ? [] : Array.ConvertAll(_disk.Compactor.States.Current.Blocks, BlockArchive.Describe);

    /// <summary>
    /// Deletes samples for good: they are hidden at once and durably, and leave the disk when their blocks are next made anew. A database
    /// without a log of its own writes a head snapshot to that end. Thread-safe.
    /// </summary>
    /// <param name="minTime">The first time, Unix ms.</param>
    /// <param name="maxTime">The last time, Unix ms.</param>
    /// <param name="matchers">Which series; none: all.</param>
    /// <exception cref="IOException">It could not be made durable; it may be done in part, and can be asked for again.</exception>
    public void Delete(long minTime, long maxTime, IReadOnlyList<LabelMatcher> matchers)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_blockWork)
        {
            if (_disk is not null)
            {
                _disk.Compactor.Settle();
                foreach (var block in _disk.Compactor.States.Current.Blocks.Where(b => b.Meta.Overlaps(minTime, maxTime)))
                {
                    BlockDeletion.Delete(block, minTime, maxTime, matchers);
                }
            }

            var ids = PostingsQuery.Resolve(_head.Postings, matchers, id => _head.Find(id)?.Labels);
            if (_head.Delete(ids.Span, minTime, maxTime) > 0 && _disk is not null)
            {
                _disk.Wal?.Sync();
                if (_disk.Wal is null && !TrySnapshot(_disk))
                {
                    throw new IOException($"{_disk.Directory}: the head snapshot could not be written, so that the deletion is not durable");
                }
            }
        }
    }

    /// <summary>Makes the blocks of which samples were deleted anew, without them. Thread-safe; takes its time.</summary>
    /// <exception cref="IOException">A block could not be read or written; the others are as they were.</exception>
    public void CleanTombstones()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_blockWork)
        {
            _disk?.Compactor.CleanTombstones();
        }
    }

    /// <summary>
    /// Writes all blocks, and what the head holds as blocks, into a directory that is not there yet: a database that can be opened, and that
    /// Prometheus can open. Commits go on meanwhile and are not in it. Durable on return. Thread-safe; takes its time.
    /// </summary>
    /// <exception cref="IOException">It could not be written; what was is left there.</exception>
    public void CopyTo(string directory, bool withHead)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_blockWork)
        {
            _disk?.Compactor.CopyTo(directory, withHead);
            if (withHead && _disk is not null && _head.Notes is { } notes)
            {
                // The copy has no log yet.
                NotesFile.Write(_disk.Files, directory, notes, 0);
            }
        }
    }

    /// <summary>Writes a head snapshot where there is something new, and closes the files. Queriers that are open stay readable.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_disk is not null)
        {
            if (_head.Versions.Newest != _versionAtSnapshot && !_disk.Compactor.IsCutting)
            {
                TrySnapshot(_disk);
            }

            _disk.Compactor.Dispose();
            _disk.Wal?.Dispose();
            _disk.Lock.Dispose();
        }

        _head.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static WalWriter OpenLog(
        IWalFileSystem files, string directory, HeadBlock head, long behind, HeadMark? mark, ref long covered)
    {
        files.CreateDirectory(directory);
        var replay = new HeadReplay(head, directory, behind, mark);
        var wal = WalWriter.Open(directory, new WalOptions { SyncEachBatch = false, Tag = WalTag }, files, replay.Visit);
        replay.Finish();
        covered = replay.CoveredVersion ?? head.Versions.Newest;
        if (wal.LastSequence < behind || wal.FirstSequence > behind + 1)
        {
            var (first, last) = (wal.FirstSequence, wal.LastSequence);
            wal.Dispose();
            throw new TsdbCorruptionException(
                directory, 0, $"the head snapshot goes up to record {behind}, and the log has the records {first} to {last}");
        }

        if (head.Notes is { } notes && notes.LogSequence > wal.LastSequence)
        {
            var last = wal.LastSequence;
            wal.Dispose();
            throw new TsdbCorruptionException(
                directory, 0, $"{NotesFile.Name} goes up to record {notes.LogSequence}, and the log ends with record {last}");
        }

        return wal;
    }

    private void TakeOverPrometheus(long now)
    {
        var disk = _disk!;
        if (!_options.WriteAheadLog)
        {
            return;
        }

        var import = new PrometheusImport(disk.Files, disk.Directory, _head, now, _logger);
        if (!import.IsDue)
        {
            return;
        }

        // Its log is read as long as it is Prometheus's; it must not write it meanwhile.
        using var held = PrometheusLock.Take(disk.Directory);
        import.Run();
        if (TrySnapshot(disk))
        {
            import.SetAside();
        }
    }

    private DatabaseView View() => DatabaseView.Of(_head, _disk?.Compactor.States);

    // Blocks go by their own rule. What an idle head keeps goes by the newest sample, for a clock may jump.
    private void DropPastRetention(long now)
    {
        if (_options.Retention is not { } retention || now < _retentionDue || _head.MaxTime == long.MinValue)
        {
            return;
        }

        _retentionDue = now + RetentionEveryMs;
        var dropped = _head.DropBefore(Math.Min(now, _head.MaxTime) - (long)retention.TotalMilliseconds);
        if (dropped > 0 && _disk is not null)
        {
            Log.Dropped(_logger, _disk.Directory, dropped);
        }
    }

    private void SyncLog(long now)
    {
        try
        {
            _disk?.Wal?.Step(now);
        }
        catch (IOException e)
        {
            _syncsFailed++;
            Log.SyncFailed(_logger, _disk!.Directory, e);
        }

        // Whatever failed may have been mended at once, by a new segment: the disk is to be looked at all the same.
        if (_disk?.Wal is { WhyGivenUp: { } why } wal && wal.SegmentsGivenUp != _segmentsGivenUp)
        {
            _segmentsGivenUp = wal.SegmentsGivenUp;
            Log.SegmentGivenUp(_logger, _disk.Directory, why);
        }
    }

    // Reading a snapshot is many times faster than going through the log, and a start must not take long; but a snapshot holds all, and one
    // that is much larger than what is new would be written over and over.
    private bool IsSnapshotDue() =>
        _head.CommittedBytes - _bytesAtSnapshot >= Math.Max(_options.SnapshotAfterBytes, _disk?.Wal is null ? 0 : _snapshotLength);

    private bool TrySnapshot(Disk disk)
    {
        lock (_snapshotLock)
        {
            try
            {
                using var image = _head.Image(disk.Compactor.States.Current.HeadMinTime);
                // What the snapshot holds must not be numbered anew after a power loss.
                disk.Wal?.Sync();
                var notes = _head.Notes is null ? 0 : NotesFile.Write(disk.Files, disk.Directory, _head.Notes, image.LogSequence);
                _snapshotLength = notes + HeadSnapshotFile.Write(disk.Files, disk.Directory, image);
                _bytesAtSnapshot = image.CommittedBytes;
                _versionAtSnapshot = image.Version;
                Volatile.Write(ref _durableSource, image.SourcePosition);
                Log.SnapshotWritten(_logger, disk.Directory, image.Series.Count, _snapshotLength);
                disk.Wal?.Rotate();
                disk.Wal?.DropBefore(image.LogSequence + 1);
                _snapshots++;
                return true;
            }
            catch (IOException e)
            {
                _snapshotsFailed++;
                Log.SnapshotFailed(_logger, disk.Directory, e);
                return false;
            }
        }
    }
}
