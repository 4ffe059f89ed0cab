namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>The first or the last sample of a window, or its time.</summary>
internal sealed class EdgeKernel : WindowKernel
{
    private readonly bool _isLast;
    private readonly bool _givesTime;

    public EdgeKernel(bool isLast, bool givesTime)
    {
        _isLast = isLast;
        _givesTime = givesTime;
    }

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to > from)
            {
                var at = _isLast ? to - 1 : from;
                results[step] = _givesTime ? Seconds(sweep.Times[at]) : sweep.Values[at];
            }
        }
    }

    // The last sample's time is never before the epoch: as if a histogram stood there.
    private double Seconds(long time) => (_isLast ? Math.Max(time, 0) : time) / 1000.0;
}
