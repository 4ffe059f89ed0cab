using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>stdvar_over_time</c> and <c>stddev_over_time</c></summary>
internal sealed class VarianceKernel : LaneKernel
{
    private readonly bool _takesRoot;

    public VarianceKernel(bool takesRoot)
        : base(least: 1) => _takesRoot = takesRoot;

    protected override double Of(in WindowSweep sweep, int step)
    {
        var variance = default(RunningVariance);
        return Finish(ref variance, sweep.Window(step));
    }

    protected override void RunLanes(in WindowSweep sweep, int first, int common, Span<double> results)
    {
        // Each span has the common length, so that the loop needs no look at bounds.
        var from = sweep.From.Slice(first, Lanes);
        ref var a = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[0], common));
        ref var b = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[1], common));
        ref var c = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[2], common));
        ref var d = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[3], common));
        ref var e = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[4], common));
        ref var f = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[5], common));
        ref var g = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[6], common));
        ref var h = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[7], common));
        KahanLanes meanLow = default, meanHigh = default, squaresLow = default, squaresHigh = default;
        for (nint i = 0; i < common; i++)
        {
            var count = Vector256.Create((double)(i + 1));
            Add(Vector256.Create(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), Unsafe.Add(ref c, i), Unsafe.Add(ref d, i)), count, ref meanLow, ref squaresLow);
            Add(Vector256.Create(Unsafe.Add(ref e, i), Unsafe.Add(ref f, i), Unsafe.Add(ref g, i), Unsafe.Add(ref h, i)), count, ref meanHigh, ref squaresHigh);
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            var variance = lane < 4
                ? new RunningVariance(meanLow.Lane(lane), squaresLow.Lane(lane), common)
                : new RunningVariance(meanHigh.Lane(lane - 4), squaresHigh.Lane(lane - 4), common);
            results[lane] = Finish(ref variance, sweep.Window(first + lane)[common..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<double> values, Vector256<double> count, ref KahanLanes mean, ref KahanLanes squares)
    {
        var distance = values - mean.Plain;
        mean.Add(distance / count);
        squares.Add(distance * (values - mean.Plain));
    }

    private double Finish(ref RunningVariance variance, ReadOnlySpan<double> rest)
    {
        foreach (var value in rest)
        {
            variance.Add(value);
        }

        return _takesRoot ? Math.Sqrt(variance.Value) : variance.Value;
    }
}
