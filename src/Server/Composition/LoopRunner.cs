using Microsoft.Extensions.Logging;

namespace Tallygate.Server.Composition;

/// <summary>
/// Drives steps by the clock: each loop has a task of its own, which waits until its step is due. Simulations and tests call the steps
/// themselves instead.
/// </summary>
internal sealed class LoopRunner : IAsyncDisposable
{
    // So long a change of what is due may go unnoticed, after a reload say.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    public LoopRunner(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
    }

    /// <summary>Starts a loop.</summary>
    /// <param name="step">Does what is due at a time and says when the next step is due, both Unix milliseconds.</param>
    public void Start(string name, Func<long, long> step) => _loops.Add(Task.Run(() => RunAsync(name, step)));

    /// <summary>Lets the steps under way finish and ends the loops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    private async Task RunAsync(string name, Func<long, long> step)
    {
        var due = long.MinValue;
        while (!_stop.IsCancellationRequested)
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(due == long.MinValue ? 0 : due - now, 0, (long)LongestWait.TotalMilliseconds));
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_stop.IsCancellationRequested)
                {
                    return;
                }

                now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            }

            try
            {
                due = step(now);
            }
            catch (Exception problem)
            {
                // A loop goes on: the next scrape, evaluation or sync may succeed, and pushes do not depend on any of them.
                Log.StepFailed(_logger, name, problem);
                due = now + (long)WaitAfterFailure.TotalMilliseconds;
            }
        }
    }
}
