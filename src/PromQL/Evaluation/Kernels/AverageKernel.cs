using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// <c>avg_over_time</c>. Its last bit depends on the plain sum in the order of the samples and on what that sum has lost. Where sums are
/// exact, the loss is the exact sum less the plain one, so that the plain ones suffice, which are made for eight windows side by side.
/// </summary>
internal sealed class AverageKernel : WindowKernel
{
    private const int Lanes = 8;

    private readonly ExactSums _sums = new();
    private bool _isExact;

    public override void Begin(in WindowSweep sweep) =>
        _isExact = ExactSums.IsWorthwhile(sweep) && _sums.TryPrepare(sweep.Values, sweep.Widest);

    public override void Run(in WindowSweep sweep, int first, int end, Span<double> results)
    {
        Span<double> plain = stackalloc double[Lanes];
        var step = first;
        while (step < end)
        {
            var (from, to) = (sweep.From[step], sweep.To[step]);
            if (to == from)
            {
                step++;
            }
            else if (!_isExact)
            {
                results[step++] = OverTimeFunctions.Mean(sweep.Values[from..to]);
            }
            else if (_sums.IsPlain)
            {
                results[step++] = Mean(_sums.Between(from, to), 0, to - from);
            }
            else
            {
                var lanes = Math.Min(Lanes, end - step);
                PlainSums(sweep, step, lanes, plain);
                for (var lane = 0; lane < lanes; lane++, step++)
                {
                    (from, to) = (sweep.From[step], sweep.To[step]);
                    if (to > from)
                    {
                        results[step] = Mean(plain[lane], _sums.Less(from, to, plain[lane]), to - from);
                    }
                }
            }
        }
    }

    private static double Mean(double sum, double compensation, double count) => (sum / count) + (compensation / count);

    /// <summary>Adds up the windows of some steps. One sum waits for its last addition; eight do not.</summary>
    private static void PlainSums(in WindowSweep sweep, int first, int lanes, Span<double> sums)
    {
        var common = 0;
        if (lanes == Lanes)
        {
            common = int.MaxValue;
            for (var lane = 0; lane < Lanes; lane++)
            {
                common = Math.Min(common, sweep.To[first + lane] - sweep.From[first + lane]);
            }

            SideBySide(sweep.Values, sweep.From.Slice(first, Lanes), common, sums);
        }
        else
        {
            sums.Clear();
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            var sum = sums[lane];
            foreach (var value in sweep.Values[(sweep.From[first + lane] + common)..sweep.To[first + lane]])
            {
                sum += value;
            }

            sums[lane] = sum;
        }
    }

    private static void SideBySide(ReadOnlySpan<double> values, ReadOnlySpan<int> from, int count, Span<double> sums)
    {
        // Each span has the common length, so that the loop needs no look at bounds.
        ref var a = ref MemoryMarshal.GetReference(values.Slice(from[0], count));
        ref var b = ref MemoryMarshal.GetReference(values.Slice(from[1], count));
        ref var c = ref MemoryMarshal.GetReference(values.Slice(from[2], count));
        ref var d = ref MemoryMarshal.GetReference(values.Slice(from[3], count));
        ref var e = ref MemoryMarshal.GetReference(values.Slice(from[4], count));
        ref var f = ref MemoryMarshal.GetReference(values.Slice(from[5], count));
        ref var g = ref MemoryMarshal.GetReference(values.Slice(from[6], count));
        ref var h = ref MemoryMarshal.GetReference(values.Slice(from[7], count));
        double sumA = 0, sumB = 0, sumC = 0, sumD = 0, sumE = 0, sumF = 0, sumG = 0, sumH = 0;
        for (nint i = 0; i < count; i++)
        {
            sumA += Unsafe.Add(ref a, i);
            sumB += Unsafe.Add(ref b, i);
            sumC += Unsafe.Add(ref c, i);
            sumD += Unsafe.Add(ref d, i);
            sumE += Unsafe.Add(ref e, i);
            sumF += Unsafe.Add(ref f, i);
            sumG += Unsafe.Add(ref g, i);
            sumH += Unsafe.Add(ref h, i);
        }

        (sums[0], sums[1], sums[2], sums[3]) = (sumA, sumB, sumC, sumD);
        (sums[4], sums[5], sums[6], sums[7]) = (sumE, sumF, sumG, sumH);
    }
}
