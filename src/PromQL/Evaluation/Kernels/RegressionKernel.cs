using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tallygate.PromQL.Functions;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary><c>deriv</c> and <c>predict_linear</c></summary>
internal sealed class RegressionKernel : LaneKernel
{
    private readonly bool _predicts;

    public RegressionKernel(bool predicts)
        : base(least: 2) => _predicts = predicts;

    protected override double Of(in WindowSweep sweep, int step)
    {
        var regression = new Regression(sweep.Values[sweep.From[step]]);
        return Finish(ref regression, sweep, step, 0);
    }

    protected override void RunLanes(in WindowSweep sweep, int first, int common, Span<double> results)
    {
        FourLanes(sweep, first, common, results);
        FourLanes(sweep, first + 4, common, results[4..]);
    }

    /// <summary>Four sums for each of four windows are work enough to do side by side.</summary>
    private void FourLanes(in WindowSweep sweep, int first, int common, Span<double> results)
    {
        var from = sweep.From.Slice(first, 4);
        ref var a = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[0], common));
        ref var b = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[1], common));
        ref var c = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[2], common));
        ref var d = ref MemoryMarshal.GetReference(sweep.Values.Slice(from[3], common));
        ref var timeA = ref MemoryMarshal.GetReference(sweep.Times.Slice(from[0], common));
        ref var timeB = ref MemoryMarshal.GetReference(sweep.Times.Slice(from[1], common));
        ref var timeC = ref MemoryMarshal.GetReference(sweep.Times.Slice(from[2], common));
        ref var timeD = ref MemoryMarshal.GetReference(sweep.Times.Slice(from[3], common));
        var (originA, originB) = (Origin(sweep, first), Origin(sweep, first + 1));
        var (originC, originD) = (Origin(sweep, first + 2), Origin(sweep, first + 3));
        var start = Vector256.Create(a, b, c, d);
        var isConstant = Vector256<double>.AllBitsSet;
        KahanLanes x = default, y = default, xy = default, xx = default;
        for (nint i = 0; i < common; i++)
        {
            var values = Vector256.Create(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), Unsafe.Add(ref c, i), Unsafe.Add(ref d, i));
            var seconds = Vector256.Create(
                (double)(Unsafe.Add(ref timeA, i) - originA),
                Unsafe.Add(ref timeB, i) - originB,
                Unsafe.Add(ref timeC, i) - originC,
                Unsafe.Add(ref timeD, i) - originD) / Vector256.Create(1e3);
            isConstant &= Vector256.Equals(values, start);
            x.Add(seconds);
            y.Add(values);
            xy.Add(seconds * values);
            xx.Add(seconds * seconds);
        }

        for (var lane = 0; lane < 4; lane++)
        {
            var isEven = isConstant.AsInt64().GetElement(lane) != 0;
            var regression = new Regression(start.GetElement(lane), isEven, common, x.Lane(lane), y.Lane(lane), xy.Lane(lane), xx.Lane(lane));
            results[lane] = Finish(ref regression, sweep, first + lane, common);
        }
    }

    // The first sample's time keeps the numbers small; a prediction counts from the step.
    private long Origin(in WindowSweep sweep, int step) => _predicts ? sweep.Grid.At(step) : sweep.Times[sweep.From[step]];

    private double Finish(ref Regression regression, in WindowSweep sweep, int step, int done)
    {
        var origin = Origin(sweep, step);
        for (var i = sweep.From[step] + done; i < sweep.To[step]; i++)
        {
            regression.Add((sweep.Times[i] - origin) / 1e3, sweep.Values[i]);
        }

        regression.Finish(out var slope, out var intercept);
        return _predicts ? (slope * sweep.Parameter[step]) + intercept : slope;
    }
}
