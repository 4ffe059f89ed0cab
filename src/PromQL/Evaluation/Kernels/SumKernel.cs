using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>sum_over_time</c>: by exact running sums where they are the compensated sum to the bit, else window by window.</summary>
internal sealed class SumKernel : WindowKernel
{
    private readonly ExactSums _sums = new();
    private bool _isExact;

    public override void Begin(in WindowSweep sweep) =>
        _isExact = ExactSums.IsWorthwhile(sweep) && _sums.TryPrepare(sweep.Values, sweep.Widest);

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        for (var step = first; step < end; step++)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to > from)
            {
                results[step] = _isExact ? _sums.Between(from, to) : Compensated(sweep.Values[from..to]);
            }
        }
    }

    private static double Compensated(ReadOnlySpan<double> values)
    {
        var sum = new KahanSum(0);
        foreach (var value in values)
        {
            sum.Add(value);
        }

        return sum.Total;
    }
}
