namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>present_over_time</c>, and what <c>absent_over_time</c> is the opposite of.</summary>
internal sealed class PresenceKernel : WindowKernel
{
    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            if (sweep.To[step] > sweep.From[step])
            {
                results[step] = 1;
            }
        }
    }
}
