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
        var values = sweep.Values;
        if (_counts.Length < values.Length)
        {
            _counts = new int[Math.Max(values.Length, 2 * _counts.Length)];
        }

        var count = 0;
        for (var i = 1; i < values.Length; i++)
        {
            var (before, after) = (values[i - 1], values[i]);
            count += (_onlyDown ? after < before : after != before && !(double.IsNaN(after) && double.IsNaN(before))) ? 1 : 0;
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
                results[step] = _counts[to - 1] - _counts[from];
            }
        }
    }
}
