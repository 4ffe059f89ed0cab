using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Wal;

namespace Tallygate.PushLog.Embedded;

/// <summary>
/// The push log in a directory of its own on the local disk.
/// </summary>
/// <remarks>
/// Doctrine. One process per directory: opening takes a lock that goes with the process. An append is encoded, written and synced, once per
/// batch, on the caller's thread, and complete when the call returns: a thread of its own would cost each batch two changes of threads,
/// which take longer than what could be done meanwhile (ADR 0015). A batch whose append threw is not in the log once a later append or a
/// clean close succeeded; if the process dies before that, it may be, once.
/// </remarks>
public sealed class EmbeddedPushLog : IPushLog
{
    /// <summary>Says of a log that it is a push log.</summary>
    internal const uint Tag = 0x4853_5550; // "PUSH"

    private readonly ILogger _logger;
    private readonly IDisposable _lock;
    private readonly WalWriter _wal;
    private readonly IWalFileSystem _files;
    private readonly string _directory;
    private readonly Utf8StringPool _strings = new();
    private readonly HeadSignal _headMoved = new();

    // Guards all below.
    private readonly Lock _gate = new();
    private readonly WalBatch _batch = new();
    private readonly MetricFamilyTemplates _templates = new();
    private bool _closed;

    private EmbeddedPushLog(WalWriter wal, IWalFileSystem files, string directory, IDisposable directoryLock, ILogger logger)
    {
        _files = files;
        _directory = directory;
        _wal = wal;
        _lock = directoryLock;
        _logger = logger;
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
            return new EmbeddedPushLog(wal, files, directory, directoryLock, logger);
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
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (expectedHead != Head)
            {
                return ValueTask.FromResult(AppendResult.HeadMoved);
            }

            if (batch.Count == 0)
            {
                return ValueTask.FromResult(AppendResult.Appended);
            }

            try
            {
                Encode(batch);
                _wal.Append(_batch);
            }
            catch (Exception failure)
            {
                if (failure is IOException)
                {
                    Log.AppendFailed(_logger, batch.Count, failure);
                }

                return ValueTask.FromException<AppendResult>(failure);
            }
        }

        _headMoved.Moved();
        return ValueTask.FromResult(AppendResult.Appended);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(LogPosition after, CancellationToken cancellationToken) =>
        new EntryStream(_wal, _strings, after, Head, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForAppendAsync(LogPosition after, CancellationToken cancellationToken) =>
        _headMoved.WaitAsync(() => Head, after, cancellationToken);

    /// <summary>
    /// Copies the log into a directory that is not there yet, while appends go on: a log that can be opened, and that holds all that was
    /// durable before. Durable on return. What is torn at its end is what a crash would leave.
    /// </summary>
    /// <exception cref="IOException">It could not be written; what was is left there.</exception>
    public void CopyTo(string directory)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        WalCopy.Copy(_files, _directory, directory);
    }

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

    /// <summary>Lets an append under way finish, seals the log, closes it, and gives the directory free.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return ValueTask.CompletedTask;
            }

            _closed = true;
        }

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
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Encode(IReadOnlyList<PushRecord> records)
    {
        _batch.Clear();
        for (var i = 0; i < records.Count; i++)
        {
            _batch.BeginRecord(PushRecordCodec.Version);
            PushRecordCodec.Write(_batch, records[i], _templates);
            _batch.EndRecord();
        }
    }
}
