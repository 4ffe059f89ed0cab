namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>count_over_time</c></summary>
internal sealed class CountKernel : WindowKernel
{
    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var count = sweep.To[step] - sweep.From[step];
            if (count > 0)
            {
                results[step] = count;
            }
        }
    }
}
