using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition;
using Tallygate.Wal;

namespace Tallygate.PushLog.Embedded;

/// <summary>
/// The push log in a directory of its own on the local disk.
/// </summary>
/// <remarks>
/// Doctrine. One process per directory: opening takes a lock that goes with the process. An append is encoded on the caller's thread and
/// written and synced, once per batch, on the log's own; so the caller can judge batch n+1 while n is being synced, and may even append
/// it, with the head that n will make: it is then answered with <see cref="AppendResult.HeadMoved"/> if n fails. A batch whose append
/// threw is not in the log once a later append or a clean close succeeded; if the process dies before that, it may be, once.
/// </remarks>
public sealed class EmbeddedPushLog : IPushLog
{
    private const uint Tag = 0x4853_5550; // "PUSH"

    private readonly ILogger _logger;
    private readonly IDisposable _lock;
    private readonly WalWriter _wal;
    private readonly Utf8StringPool _strings = new();
    private readonly HeadSignal _headMoved = new();
    private readonly Thread? _thread;

    // Guards all below; the log's thread waits on it for work.
    private readonly object _gate = new();
    private readonly Queue<AppendRequest> _requests = new();
    private readonly Stack<WalBatch> _spare = new();
    private LogPosition _expected;
    private bool _closing;

    private EmbeddedPushLog(WalWriter wal, IDisposable directoryLock, bool ownThread, ILogger logger)
    {
        _wal = wal;
        _lock = directoryLock;
        _logger = logger;
        _expected = Head;
        if (ownThread)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "push log" };
            _thread.Start();
        }
    }

    /// <inheritdoc/>
    public LogPosition Head => new(_wal.DurableSequence);

    /// <summary>The position of the oldest entry that is still there; one behind the head where there is none.</summary>
    public LogPosition First => new(_wal.FirstSequence);

    /// <summary>
    /// Opens the log in <paramref name="directory"/>, or begins one. All of it is read and checked; what a crash left unfinished at its
    /// end is cut.
    /// </summary>
    /// <exception cref="WalCorruptionException">Acknowledged pushes cannot be read. Nothing was changed; the message says what to do.</exception>
    /// <exception cref="IOException">The directory is in use by another process, or cannot be read or written; the message says which.</exception>
    public static EmbeddedPushLog Open(string directory, EmbeddedPushLogOptions? options = null, ILogger? logger = null) =>
        Open(directory, options, logger, DiskFileSystem.Instance);

    /// <summary>Opens a log on another file system than the real one: a simulation's, say.</summary>
    internal static EmbeddedPushLog Open(
        string directory, [Optional] EmbeddedPushLogOptions? options, [Optional] ILogger? logger, IWalFileSystem files)
    {
        options ??= new EmbeddedPushLogOptions();
        logger ??= NullLogger.Instance;
        directory = Path.GetFullPath(directory);
        files.CreateDirectory(directory);
        var begun = false;
        var directoryLock = files.Lock(directory);
        try
        {
            var walOptions = new WalOptions
            {
                SegmentBytes = options.SegmentBytes,
                SealAfterMs = options.SealAfterMs,
                Salt = options.Salt,
                Tag = Tag,
            };
            var wal = WalWriter.Open(directory, walOptions, files, CheckBeginning);
            if (wal.Tail is { } tail)
            {
                Log.TailCut(logger, tail.File, tail.Offset, tail.Length, tail.Reason);
            }

            Log.Opened(logger, directory, wal.FirstSequence, wal.DurableSequence);
            return new EmbeddedPushLog(wal, directoryLock, options.OwnThread, logger);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }

        void CheckBeginning(long sequence, byte version, ReadOnlySpan<byte> payload)
        {
            if (sequence > 1 && !begun && (payload.IsEmpty || payload[0] != (byte)PushVerb.Snapshot))
            {
                throw new WalCorruptionException(directory, 0, $"the log begins with entry {sequence}: older segments are missing");
            }

            begun = true;
        }
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> TryAppendAsync(
        LogPosition expectedHead, IReadOnlyList<PushRecord> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        AppendRequest request;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            if (expectedHead != _expected)
            {
                return ValueTask.FromResult(AppendResult.HeadMoved);
            }

            if (batch.Count == 0)
            {
                return ValueTask.FromResult(AppendResult.Appended);
            }

            request = new AppendRequest(expectedHead, Encode(batch));
            _expected = new LogPosition(expectedHead.Value + batch.Count);
            if (_thread is not null)
            {
                _requests.Enqueue(request);
                Monitor.Pulse(_gate);
            }
        }

        if (_thread is null)
        {
            Append(request);
        }

        return new ValueTask<AppendResult>(request.Task);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(LogPosition after, CancellationToken cancellationToken) =>
        new EntryStream(_wal, _strings, after, Head, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForAppendAsync(LogPosition after, CancellationToken cancellationToken) =>
        _headMoved.WaitAsync(() => Head, after, cancellationToken);

    /// <summary>
    /// Does what is due at <paramref name="nowMs"/>: after a while without appends it seals the log, so that later damage cannot be taken
    /// for an unfinished end. To be called by one loop; a failure is logged and tried again.
    /// </summary>
    /// <returns>When to call again, in milliseconds on the same clock.</returns>
    public long Step(long nowMs)
    {
        try
        {
            return _wal.Step(nowMs);
        }
        catch (IOException e)
        {
            Log.SealFailed(_logger, e);
            return nowMs + 1000;
        }
    }

    /// <summary>Lets appends that were begun finish, seals the log, closes it, and gives the directory free.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return ValueTask.CompletedTask;
            }

            _closing = true;
            Monitor.Pulse(_gate);
        }

        _thread?.Join();
        try
        {
            _wal.Seal();
        }
        catch (IOException e)
        {
            Log.SealFailed(_logger, e);
        }

        _wal.Dispose();
        _headMoved.Close();
        _lock.Dispose();
        while (_spare.TryPop(out var batch))
        {
            batch.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    // Under _gate, so that batches are encoded in the order in which they are appended.
    private WalBatch Encode(IReadOnlyList<PushRecord> records)
    {
        var batch = _spare.TryPop(out var spare) ? spare : new WalBatch();
        try
        {
            for (var i = 0; i < records.Count; i++)
            {
                batch.BeginRecord(PushRecordCodec.Version);
                PushRecordCodec.Write(batch, records[i]);
                batch.EndRecord();
            }

            return batch;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private void Run()
    {
        while (true)
        {
            AppendRequest request;
            lock (_gate)
            {
                while (_requests.Count == 0)
                {
                    if (_closing)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                request = _requests.Dequeue();
            }

            Append(request);
        }
    }

    private void Append(AppendRequest request)
    {
        Exception? failure = null;
        var appended = false;
        try
        {
            // Batches that were appended on the strength of one that failed do not follow it.
            if (request.ExpectedHead == Head)
            {
                _wal.Append(request.Batch);
                appended = true;
            }
        }
        catch (IOException e)
        {
            Log.AppendFailed(_logger, request.Batch.Count, e);
            failure = e;
        }
        catch (Exception e)
        {
            failure = e;
        }

        lock (_gate)
        {
            if (!appended && _requests.Count == 0)
            {
                _expected = Head;
            }

            request.Batch.Clear();
            _spare.Push(request.Batch);
        }

        if (appended)
        {
            _headMoved.Moved();
            request.SetResult(AppendResult.Appended);
        }
        else if (failure is null)
        {
            request.SetResult(AppendResult.HeadMoved);
        }
        else
        {
            request.SetException(failure);
        }
    }
}
