using Tallygate.PromQL.Evaluation.Kernels;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Finds the windows of a series by two pointers and has a kernel go through them, with a look at clock and caller in between.</summary>
internal sealed class KernelRunner
{
    private const int VisitsBetweenChecks = 1 << 16;

    private readonly WindowKernel _kernel;
    private readonly SampleLimiter _limiter;
    private int[] _from = [];
    private int[] _to = [];

    // The times that the windows were found for: series that are scraped together have the same.
    private long[] _times = [];
    private int _timeCount = -1;
    private long _visits;
    private int _widest;

    public KernelRunner(WindowKernel kernel, SampleLimiter limiter)
    {
        _kernel = kernel;
        _limiter = limiter;
    }

    /// <summary>Whether the parameter is a quantile, of which there are invalid ones.</summary>
    public bool GoesByQuantile => _kernel is QuantileKernel;

    /// <summary>Writes the results of all steps. Grid, time and range are the same for all series of a runner.</summary>
    /// <param name="columns">The samples; floats only.</param>
    /// <param name="range">The length of a window, milliseconds.</param>
    /// <param name="parameter">The column of the scalar argument; empty where there is none.</param>
    /// <param name="results">One for each step, stale markers all.</param>
    public void Run(
        SeriesColumns columns, SelectorTime time, long range, in Grid grid, ReadOnlySpan<double> parameter, Span<double> results)
    {
        var steps = results.Length;
        if (_from.Length < steps)
        {
            _from = new int[steps];
            _to = new int[steps];
        }

        if (_timeCount != columns.Count || !columns.Times.SequenceEqual(_times.AsSpan(0, _timeCount)))
        {
            _visits = FindWindows(columns.Times, time, range, grid, steps, out _widest);
            Remember(columns.Times, steps);
        }

        var (visits, widest) = (_visits, _widest);
        _limiter.Count(0, visits);
        if (visits == 0)
        {
            return;
        }

        var sweep = new WindowSweep
        {
            Times = columns.Times,
            Values = columns.Values,
            From = _from.AsSpan(0, steps),
            To = _to.AsSpan(0, steps),
            Grid = grid,
            Time = time,
            Range = range,
            Parameter = parameter,
            Visits = visits,
            Widest = widest,
        };
        _kernel.Begin(sweep);
        _limiter.Work(columns.Count + steps);
        var block = Math.Max(1, VisitsBetweenChecks / widest);
        for (var first = 0; first < steps; first += block)
        {
            var end = Math.Min(steps, first + block);
            _kernel.Run(sweep, first, end, results);
            _limiter.Work((end - first) * Math.Max(1, widest / 8));
        }
    }

    private void Remember(ReadOnlySpan<long> times, int steps)
    {
        // One window is found sooner than times are compared.
        _timeCount = steps == 1 ? -1 : times.Length;
        if (steps > 1)
        {
            if (_times.Length < times.Length)
            {
                _times = new long[Math.Max(times.Length, 2 * _times.Length)];
            }

            times.CopyTo(_times);
        }
    }

    private long FindWindows(ReadOnlySpan<long> times, SelectorTime time, long range, in Grid grid, int steps, out int widest)
    {
        var (from, to) = (0, 0);
        var visits = 0L;
        widest = 1;
        if (steps == 1)
        {
            // Nearly all that was read lies in the one window: the pointers start at both ends.
            var until = time.Of(grid.Start);
            to = times.Length;
            while (to > 0 && times[to - 1] > until)
            {
                to--;
            }

            while (from < to && times[from] <= until - range)
            {
                from++;
            }

            (_from[0], _to[0]) = (from, to);
            widest = Math.Max(1, to - from);
            return to - from;
        }

        for (var step = 0; step < steps; step++)
        {
            var until = time.Of(grid.At(step));
            while (to < times.Length && times[to] <= until)
            {
                to++;
            }

            while (from < to && times[from] <= until - range)
            {
                from++;
            }

            _from[step] = from;
            _to[step] = to;
            visits += to - from;
            widest = Math.Max(widest, to - from);
        }

        return visits;
    }
}
