namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// A kernel that looks at each window anew, at those of some steps side by side: one calculation waits for its last step, several do not.
/// Series with values that are not finite go window by window, as NaN would tell in what order it was added.
/// </summary>
internal abstract class LaneKernel : WindowKernel
{
    /// <summary>How many windows go side by side.</summary>
    protected const int Lanes = 8;

    private readonly int _least;
    private bool _isFinite;

    /// <param name="least">The least number of samples that give a result.</param>
    protected LaneKernel(int least) => _least = least;

    /// <inheritdoc/>
    public override void Begin(in WindowSweep sweep)
    {
        _isFinite = true;
        foreach (var value in sweep.Values)
        {
            _isFinite &= double.IsFinite(value);
        }
    }

    /// <inheritdoc/>
    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        var step = first;
        while (_isFinite && step + Lanes <= end)
        {
            var common = int.MaxValue;
            for (var lane = step; lane < step + Lanes; lane++)
            {
                common = Math.Min(common, sweep.To[lane] - sweep.From[lane]);
            }

            if (common < _least)
            {
                RunOne(sweep, step++, results);
            }
            else
            {
                RunLanes(sweep, step, common, results.Slice(step, Lanes));
                step += Lanes;
            }
        }

        while (step < end)
        {
            RunOne(sweep, step++, results);
        }
    }

    /// <summary>The result of one window.</summary>
    protected abstract double Of(in WindowSweep sweep, int step);

    /// <summary>The results of the windows from <paramref name="first"/> on.</summary>
    /// <param name="common">How many samples each of them has at least.</param>
    protected abstract void RunLanes(in WindowSweep sweep, int first, int common, Span<double> results);

    private void RunOne(in WindowSweep sweep, int step, Span<double> results)
    {
        if (sweep.To[step] - sweep.From[step] >= _least)
        {
            results[step] = Of(sweep, step);
        }
    }
}
