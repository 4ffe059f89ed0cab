using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tallygate.Model;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>Four compensated sums side by side, each in the very steps of <see cref="KahanSum"/>.</summary>
internal struct KahanLanes
{
    private Vector256<double> _sum;
    private Vector256<double> _compensation;

    /// <summary>The sums with what they have lost, as they are: an overflown sum is nothing to this.</summary>
    public readonly Vector256<double> Plain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _sum + _compensation;
    }

    /// <summary>Adds a value to each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector256<double> values)
    {
        var sum = _sum + values;
        var isLarger = Vector256.GreaterThanOrEqual(Vector256.Abs(_sum), Vector256.Abs(values));
        var larger = Vector256.ConditionalSelect(isLarger, _sum, values);
        var smaller = Vector256.ConditionalSelect(isLarger, values, _sum);
        var compensation = _compensation + (larger - sum + smaller);

        // Where the sum has overflown there is nothing to compensate.
        _compensation = Vector256.AndNot(compensation, Vector256.Equals(Vector256.Abs(sum), Vector256.Create(double.PositiveInfinity)));
        _sum = sum;
    }

    /// <summary>One of the sums.</summary>
    public readonly KahanSum Lane(int lane) => new(_sum.GetElement(lane), _compensation.GetElement(lane));
}
