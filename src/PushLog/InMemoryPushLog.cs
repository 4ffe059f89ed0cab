using System.Runtime.CompilerServices;

namespace Tallygate.PushLog;

/// <summary>A push log that is gone with the process: for tests, and for whoever wants no disk. Durable means kept here.</summary>
public sealed class InMemoryPushLog : IPushLog
{
    private const int ReadAtOnce = 1024;

    private readonly Lock _gate = new();
    private readonly List<PushLogEntry> _entries = [];
    private readonly HeadSignal _headMoved = new();
    private long _head;
    private bool _disposed;

    /// <inheritdoc/>
    public LogPosition Head => new(Volatile.Read(ref _head));

    /// <inheritdoc/>
    public ValueTask<AppendResult> TryAppendAsync(
        LogPosition expectedHead, IReadOnlyList<PushRecord> batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (expectedHead != Head)
            {
                return ValueTask.FromResult(AppendResult.HeadMoved);
            }

            for (var i = 0; i < batch.Count; i++)
            {
                _entries.Add(new PushLogEntry(new LogPosition(_entries.Count + 1), batch[i]));
            }

            Volatile.Write(ref _head, _entries.Count);
        }

        if (batch.Count > 0)
        {
            _headMoved.Moved();
        }

        return ValueTask.FromResult(AppendResult.Appended);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(LogPosition after, CancellationToken cancellationToken) =>
        ReadAsync(after, Head, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForAppendAsync(LogPosition after, CancellationToken cancellationToken) =>
        _headMoved.WaitAsync(() => Head, after, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _headMoved.Close();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(
        LogPosition after, LogPosition last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = after.Value;
        while (next < last.Value)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = (int)Math.Min(last.Value - next, ReadAtOnce);
            List<PushLogEntry> entries;
            lock (_gate)
            {
                entries = _entries.GetRange((int)next, count);
            }

            next += count;
            yield return entries;
            await Task.CompletedTask.ConfigureAwait(false);
        }
    }
}
