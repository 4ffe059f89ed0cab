using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// <c>quantile_over_time</c>: the window is kept sorted from one step to the next. Series with NaN or a negative zero, whose order among
/// their equals is the sorting's own, are sorted window by window.
/// </summary>
internal sealed class QuantileKernel : WindowKernel
{
    private double[] _sorted = [];
    private int _count;
    private int _from;
    private int _to;
    private bool _isOrdered;
    private bool _slides;

    public override void Begin(in WindowSweep sweep)
    {
        if (_sorted.Length < sweep.Widest)
        {
            _sorted = new double[Math.Max(sweep.Widest, 2 * _sorted.Length)];
        }

        _count = 0;
        _from = 0;
        _to = 0;
        _slides = sweep.Visits > 4L * sweep.Values.Length;
        _isOrdered = true;
        foreach (var value in sweep.Values)
        {
            _isOrdered &= !double.IsNaN(value) && !(value == 0 && double.IsNegative(value));
        }
    }

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to == from)
            {
                continue;
            }

            var q = sweep.Parameter[step];
            if (!_isOrdered || Quantiles.IsInvalid(q))
            {
                sweep.Window(step).CopyTo(_sorted);
                results[step] = Quantiles.Of(q, _sorted.AsSpan(0, to - from));
                _to = 0;
                _from = 0;
                _count = 0;
                continue;
            }

            if (!_slides)
            {
                var window = _sorted.AsSpan(0, to - from);
                sweep.Window(step).CopyTo(window);
                results[step] = Quantiles.OfUnsorted(q, window);
                continue;
            }

            Slide(sweep.Values, from, to);
            results[step] = Quantiles.OfSorted(q, _sorted.AsSpan(0, _count));
        }
    }

    private void Slide(ReadOnlySpan<double> values, int from, int to)
    {
        // Where most of the window is new, sorting it costs less than putting in one after the other.
        if (from - _from + (to - _to) > (to - from) / 2)
        {
            values[from..to].CopyTo(_sorted);
            _count = to - from;
            _sorted.AsSpan(0, _count).Sort();
        }
        else
        {
            for (var i = _from; i < from; i++)
            {
                var at = Place(values[i]);
                _sorted.AsSpan(at + 1, _count - at - 1).CopyTo(_sorted.AsSpan(at));
                _count--;
            }

            for (var i = _to; i < to; i++)
            {
                var at = Place(values[i]);
                _sorted.AsSpan(at, _count - at).CopyTo(_sorted.AsSpan(at + 1));
                _sorted[at] = values[i];
                _count++;
            }
        }

        (_from, _to) = (from, to);
    }

    /// <summary>The first place whose value is not less.</summary>
    private int Place(double value)
    {
        var (from, to) = (0, _count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            (from, to) = _sorted[middle] < value ? (middle + 1, to) : (from, middle);
        }

        return from;
    }
}
