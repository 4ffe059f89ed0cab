namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// Minimum and maximum of a window, or their time. A queue holds the samples that may yet become the extreme: each is pushed and dropped once,
/// however wide the windows are. NaN never enters it; a window of NaN alone gives its last one.
/// </summary>
internal sealed class ExtremeKernel : WindowKernel
{
    private readonly bool _isMax;
    private readonly bool _givesTime;
    private int[] _queue = [];
    private int _head;
    private int _tail;
    private int _next;

    public ExtremeKernel(bool isMax, bool givesTime)
    {
        _isMax = isMax;
        _givesTime = givesTime;
    }

    public override void Begin(in WindowSweep sweep)
    {
        if (_queue.Length < sweep.Values.Length)
        {
            _queue = new int[Math.Max(sweep.Values.Length, 2 * _queue.Length)];
        }

        _head = 0;
        _tail = 0;
        _next = 0;
    }

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        var values = sweep.Values;
        var queue = _queue;
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to == from)
            {
                continue;
            }

            // Samples between two windows are nobody's.
            _next = Math.Max(_next, from);
            for (; _next < to; _next++)
            {
                var value = values[_next];
                if (double.IsNaN(value))
                {
                    continue;
                }

                while (_tail > _head && Beats(value, values[queue[_tail - 1]]))
                {
                    _tail--;
                }

                queue[_tail++] = _next;
            }

            while (_head < _tail && queue[_head] < from)
            {
                _head++;
            }

            var at = _head < _tail ? queue[_head] : to - 1;
            results[step] = _givesTime ? sweep.Times[at] / 1000.0 : values[at];
        }
    }

    // The value is that of the first of equal samples (zeros differ in sign), the time that of the last.
    private bool Beats(double value, double other) => _givesTime
        ? (_isMax ? value >= other : value <= other)
        : (_isMax ? value > other : value < other);
}
