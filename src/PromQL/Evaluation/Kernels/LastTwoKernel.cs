namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>irate</c> and <c>idelta</c>: the last two samples of a window.</summary>
internal sealed class LastTwoKernel : WindowKernel
{
    private readonly bool _isRate;

    public LastTwoKernel(bool isRate) => _isRate = isRate;

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var to = sweep.To[step];
            if (to - sweep.From[step] < 2)
            {
                continue;
            }

            var before = sweep.Values[to - 2];
            var after = sweep.Values[to - 1];
            var result = _isRate && after < before ? after : after - before;
            results[step] = _isRate ? result / ((sweep.Times[to - 1] - sweep.Times[to - 2]) / 1000.0) : result;
        }
    }
}
