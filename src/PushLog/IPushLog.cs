namespace Tallygate.PushLog;

/// <summary>
/// Port: the push log, the only truth about pushes. Positions are dense from 1; a batch is taken whole or not at all; an entry never
/// changes; a reader never sees an entry before all that come before it; opening yields a prefix that ends with a durable batch,
/// never less than was acknowledged, or throws. Reading is thread-safe; appends come one after the other.
/// </summary>
public interface IPushLog : IAsyncDisposable
{
    /// <summary>The position of the newest durable entry.</summary>
    LogPosition Head { get; }

    /// <summary>
    /// Appends <paramref name="batch"/> behind <paramref name="expectedHead"/>. Durable when it returns <see cref="AppendResult.Appended"/>.
    /// </summary>
    /// <exception cref="IOException">
    /// The batch could not be made durable. It is not in the log, unless the process dies now: then it may be, once. Later appends may succeed.
    /// </exception>
    ValueTask<AppendResult> TryAppendAsync(LogPosition expectedHead, IReadOnlyList<PushRecord> batch, CancellationToken cancellationToken);

    /// <summary>Reads the entries behind <paramref name="after"/> in batches, up to the head at the time of the call.</summary>
    IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(LogPosition after, CancellationToken cancellationToken);

    /// <summary>Returns when <see cref="Head"/> is greater than <paramref name="after"/>.</summary>
    ValueTask WaitForAppendAsync(LogPosition after, CancellationToken cancellationToken);
}
