using Microsoft.Extensions.Logging;
using Tallygate.Storage;
using Tallygate.Tsdb.Head;
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
public sealed class Database : IQueryableStorage, IAppendableStorage, IDisposable, IAsyncDisposable
{
    // Tells this log from others.
    private const uint WalTag = 0x31445354;
    private const long StepMs = 1000;
    private const long RetentionEveryMs = 60_000;
    private const long SnapshotRetryMs = 10_000;

    private readonly DatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HeadBlock _head;
    private readonly Disk? _disk;
    private readonly Lock _snapshotLock = new();
    private long _durableSource;
    private long _bytesAtSnapshot;
    private long _versionAtSnapshot;
    private long _snapshotLength;
    private long _retentionDue = long.MinValue;
    private long _snapshotDue = long.MinValue;
    private volatile bool _snapshotWanted;
    private bool _disposed;

    private sealed record Disk(string Directory, IWalFileSystem Files, IDisposable Lock, WalWriter? Wal);

    private Database(DatabaseOptions options, TimeProvider time, ILogger logger, HeadBlock head, Disk? disk)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _head = head;
        _disk = disk;
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
    /// <exception cref="IOException">The directory cannot be read or written, or another process has it.</exception>
    public static Database Open(string directory, DatabaseOptions options, TimeProvider time, ILogger logger)
    {
        var head = NewHead(options);
        var files = options.Files ?? DiskFileSystem.Instance;
        files.CreateDirectory(directory);
        var held = files.Lock(directory);
        WalWriter? wal = null;
        try
        {
            var (source, sequence, length) = HeadSnapshotFile.Read(files, directory, head);
            if (options.WriteAheadLog)
            {
                wal = OpenLog(files, Path.Combine(directory, "wal"), head, sequence);
                head.Attach(wal);
                if (wal.Tail is { } tail)
                {
                    Log.TailCut(logger, directory, tail.File, tail.Offset, tail.Length);
                }
            }

            Log.Opened(logger, directory, head.SeriesCount, source);
            return new Database(options, time, logger, head, new Disk(directory, files, held, wal))
            {
                _durableSource = source,
                _snapshotLength = length,
                _versionAtSnapshot = wal is null ? head.Versions.Newest : -1,
            };
        }
        catch
        {
            wal?.Dispose();
            head.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>A database that lives in memory only; what was committed is as durable as it gets.</summary>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    public static Database InMemory(DatabaseOptions options, TimeProvider time) =>
        new(options, time, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, NewHead(options), null);

    /// <inheritdoc/>
    public IAppender Appender()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _head.Appender(_time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    public IQuerier Querier(long minTime, long maxTime) => new HeadQuerier(_head, _head.Versions.Acquire(), minTime, maxTime);

    /// <inheritdoc/>
    public IStorageSnapshot Snapshot() => new HeadView(_head, _head.Versions.Acquire());

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
        SyncLog(now);
        if (_options.Retention is { } retention && now >= _retentionDue)
        {
            _retentionDue = now + RetentionEveryMs;
            var dropped = _head.DropBefore(now - (long)retention.TotalMilliseconds);
            if (dropped > 0 && _disk is not null)
            {
                Log.Dropped(_logger, _disk.Directory, dropped);
            }
        }

        if (_disk is not null && now >= _snapshotDue && (_snapshotWanted || IsSnapshotDue()))
        {
            _snapshotWanted = false;
            if (!TrySnapshot(_disk))
            {
                _snapshotWanted = true;
                _snapshotDue = now + SnapshotRetryMs;
            }
        }

        return now + StepMs;
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
            if (_head.Versions.Newest != _versionAtSnapshot)
            {
                TrySnapshot(_disk);
            }

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

    private static HeadBlock NewHead(DatabaseOptions options)
    {
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        }

        return new HeadBlock(new HeadOptions(
            options.AllowOutOfOrder,
            (long?)options.MaxAhead?.TotalMilliseconds,
            (long?)options.Retention?.TotalMilliseconds,
            (long)options.ChunkRange.TotalMilliseconds,
            static labels => labels.Hash()));
    }

    private static WalWriter OpenLog(IWalFileSystem files, string directory, HeadBlock head, long behind)
    {
        files.CreateDirectory(directory);
        var replay = new HeadReplay(head, directory, behind);
        var wal = WalWriter.Open(directory, new WalOptions { SyncEachBatch = false, Tag = WalTag }, files, replay.Visit);
        if (wal.LastSequence < behind || wal.FirstSequence > behind + 1)
        {
            var (first, last) = (wal.FirstSequence, wal.LastSequence);
            wal.Dispose();
            throw new TsdbCorruptionException(
                directory, 0, $"the head snapshot goes up to record {behind}, and the log has the records {first} to {last}");
        }

        return wal;
    }

    private void SyncLog(long now)
    {
        try
        {
            _disk?.Wal?.Step(now);
        }
        catch (IOException e)
        {
            Log.SyncFailed(_logger, _disk!.Directory, e);
        }
    }

    // A snapshot holds all: one that is much larger than what is new would be written over and over.
    private bool IsSnapshotDue() =>
        _head.CommittedBytes - _bytesAtSnapshot >= Math.Max(_options.SnapshotAfterBytes, _disk?.Wal is null ? 0 : _snapshotLength);

    private bool TrySnapshot(Disk disk)
    {
        lock (_snapshotLock)
        {
            try
            {
                var image = _head.Image();
                // What the snapshot holds must not be numbered anew after a power loss.
                disk.Wal?.Sync();
                _snapshotLength = HeadSnapshotFile.Write(disk.Files, disk.Directory, image);
                _bytesAtSnapshot = image.CommittedBytes;
                _versionAtSnapshot = image.Version;
                Volatile.Write(ref _durableSource, image.SourcePosition);
                Log.SnapshotWritten(_logger, disk.Directory, image.Series.Count, _snapshotLength);
                disk.Wal?.Rotate();
                disk.Wal?.DropBefore(image.LogSequence + 1);
                return true;
            }
            catch (IOException e)
            {
                Log.SnapshotFailed(_logger, disk.Directory, e);
                return false;
            }
        }
    }
}
