using System.Numerics;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>changes</c> and <c>resets</c>: by a running count along the series.</summary>
internal sealed class ChangeKernel : WindowKernel
{
    private readonly bool _onlyDown;

    /// <summary>How many changes there are between the first sample and this one.</summary>
    private int[] _counts = [];

    public ChangeKernel(bool onlyDown) => _onlyDown = onlyDown;

    public override void Begin(in WindowSweep sweep)
    {
        if (sweep.From.Length == 1)
        {
            return;
        }

        var values = sweep.Values;
        if (_counts.Length < values.Length)
        {
            _counts = new int[Math.Max(values.Length, 2 * _counts.Length)];
        }

        var count = 0;
        for (var i = 1; i < values.Length; i++)
        {
            count += IsChange(values[i - 1], values[i]) ? 1 : 0;
            _counts[i] = count;
        }
    }

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to > from)
            {
                results[step] = sweep.From.Length == 1 ? Count(sweep.Values[from..to]) : _counts[to - 1] - _counts[from];
            }
        }
    }

    /// <summary>The changes in the only window there is.</summary>
    private int Count(ReadOnlySpan<double> values)
    {
        var lanes = Vector<double>.Count;
        var counts = Vector<long>.Zero;
        var i = 1;
        for (; i + lanes <= values.Length; i += lanes)
        {
            var (before, after) = (new Vector<double>(values[(i - 1)..]), new Vector<double>(values[i..]));
            var changes = _onlyDown
                ? Vector.LessThan(after, before)
                : ~(Vector.Equals(after, before) | (~Vector.Equals(after, after) & ~Vector.Equals(before, before)));

            // True is minus one.
            counts -= changes;
        }

        var count = (int)Vector.Sum(counts);
        for (; i < values.Length; i++)
        {
            count += IsChange(values[i - 1], values[i]) ? 1 : 0;
        }

        return count;
    }

    private bool IsChange(double before, double after) =>
        _onlyDown ? after < before : after != before && !(double.IsNaN(after) && double.IsNaN(before));
}
