using System.Numerics;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c>: the ends of a window, and the places where a counter was reset, which are found once.
/// </summary>
internal sealed class RateKernel : WindowKernel
{
    private readonly bool _isCounter;
    private readonly double _rangeSeconds;
    private int[] _resets = new int[16];
    private int _resetCount;
    private int _nextReset;

    /// <param name="rangeSeconds">What to divide by; 0: nothing.</param>
    public RateKernel(bool isCounter, double rangeSeconds)
    {
        _isCounter = isCounter;
        _rangeSeconds = rangeSeconds;
    }

    public override void Begin(in WindowSweep sweep)
    {
        _resetCount = 0;
        _nextReset = 0;
        if (!_isCounter)
        {
            return;
        }

        var values = sweep.Values;
        var lanes = Vector<double>.Count;
        var i = 1;
        for (; i + lanes <= values.Length; i += lanes)
        {
            if (Vector.LessThanAny(new Vector<double>(values[i..]), new Vector<double>(values[(i - 1)..])))
            {
                FindResets(values, i, i + lanes);
            }
        }

        FindResets(values, i, values.Length);
    }

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        var times = sweep.Times;
        var values = sweep.Values;
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to - from < 2)
            {
                continue;
            }

            var result = values[to - 1] - values[from];
            if (_resetCount > 0)
            {
                result = WithResets(values, from, to, result);
            }

            var until = sweep.Time.Of(sweep.Grid.At(step));
            var factor = Extrapolation.Factor(
                times[from], times[to - 1], to - from - 1, until - sweep.Range, until, _isCounter, values[from], result);
            results[step] = result * (_rangeSeconds > 0 ? factor / _rangeSeconds : factor);
        }
    }

    private void FindResets(ReadOnlySpan<double> values, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (values[i] < values[i - 1])
            {
                if (_resetCount == _resets.Length)
                {
                    Array.Resize(ref _resets, 2 * _resetCount);
                }

                _resets[_resetCount++] = i;
            }
        }
    }

    private double WithResets(ReadOnlySpan<double> values, int from, int to, double result)
    {
        while (_nextReset < _resetCount && _resets[_nextReset] <= from)
        {
            _nextReset++;
        }

        for (var i = _nextReset; i < _resetCount && _resets[i] < to; i++)
        {
            result += values[_resets[i] - 1];
        }

        return result;
    }
}
