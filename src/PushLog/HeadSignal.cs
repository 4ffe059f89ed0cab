namespace Tallygate.PushLog;

/// <summary>Wakes those who wait for the head of a log to move. Costs nothing while nobody waits. Thread-safe.</summary>
internal sealed class HeadSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _moved;
    private bool _closed;

    /// <summary>Wakes everybody; to be called after the new head can be seen.</summary>
    public void Moved()
    {
        TaskCompletionSource? moved;
        lock (_gate)
        {
            (moved, _moved) = (_moved, null);
        }

        moved?.SetResult();
    }

    /// <summary>Wakes everybody with an <see cref="ObjectDisposedException"/>, now and from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
        }

        Moved();
    }

    /// <summary>Returns when <paramref name="head"/> gives more than <paramref name="after"/>.</summary>
    public async ValueTask WaitAsync(Func<LogPosition> head, LogPosition after, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                // Whoever moves the head does so before it takes this lock: either the new head is seen here, or the signal comes.
                if (head() > after)
                {
                    return;
                }

                ObjectDisposedException.ThrowIf(_closed, typeof(IPushLog));
                moved = (_moved ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
