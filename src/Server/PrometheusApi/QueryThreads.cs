namespace Tallygate.Server.PrometheusApi;

/// <summary>
/// Threads for queries, which compute for as long as they take and must hold up no push: each runs one at a time, and stays for a while for the
/// next. Thread-safe.
/// </summary>
/// <remarks>
/// What a large query took goes back to the system when all has been quiet for a moment: the collector looks only where something is
/// allocated, and an idle server would hold it for ever.
/// </remarks>
internal sealed class QueryThreads
{
    private const int KeepMs = 30_000;
    private const int QuietMs = 1000;

    // Monitors can be waited for; locks cannot.
    private readonly object _gate = new();
    private readonly Queue<Action> _waiting = new();
    private int _idle;
    private int _busy;
    private long _ended;
    private bool _holdsMuch;

    /// <summary>How often memory was given back.</summary>
    public int Returns { get; private set; }

    /// <summary>Runs the work on a thread of its own.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(() => Run(work, done));
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_gate);
                return done.Task;
            }
        }

        new Thread(Serve) { IsBackground = true, Name = "query" }.Start();
        return done.Task;
    }

    /// <summary>Says that much memory was let go of that nobody else may need soon.</summary>
    public void LetGoOfMuch()
    {
        lock (_gate)
        {
            _holdsMuch = true;
            Monitor.Pulse(_gate);
        }
    }

    private static void Run<T>(Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception problem)
        {
            // It belongs to whoever waits.
            done.SetException(problem);
        }
    }

    private void Serve()
    {
        for (var work = Next(wasBusy: false); work is not null; work = Next(wasBusy: true))
        {
            work();
        }
    }

    /// <summary>The next work; null where there has been none for so long that the thread may go. The last one stays.</summary>
    private Action? Next(bool wasBusy)
    {
        lock (_gate)
        {
            _busy -= wasBusy ? 1 : 0;
            _ended += wasBusy ? 1 : 0;
            while (_waiting.Count == 0)
            {
                _idle++;
                var ended = _ended;
                var woken = Monitor.Wait(_gate, _holdsMuch ? QuietMs : KeepMs);
                _idle--;
                if (woken || _waiting.Count > 0)
                {
                    continue;
                }

                // Who has waited long may wake right behind another's work: that is not quiet yet.
                if (_holdsMuch && _busy == 0 && ended == _ended)
                {
                    _holdsMuch = false;
                    Returns++;
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }
                else if (!_holdsMuch && _idle > 0)
                {
                    return null;
                }
            }

            _busy++;
            return _waiting.Dequeue();
        }
    }
}
