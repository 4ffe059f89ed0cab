using System.Runtime.InteropServices;

namespace Tallygate.Model.Histograms;

/// <summary>
/// A native histogram with float counts: what the query engine works on. In schema n (-4 to 8) bucket i covers
/// (base^(i-1), base^i] with base = 2^(2^-n); schema -53 has the bounds of <see cref="CustomValues"/>. Mutable; the owner says who may change it.
/// </summary>
public sealed class FloatHistogram
{
    /// <summary>The schema of histograms with custom bucket bounds.</summary>
    public const int CustomBucketsSchema = -53;

    /// <summary>What is known against the histogram before.</summary>
    public CounterResetHint CounterResetHint { get; set; }

    /// <summary>The resolution.</summary>
    public int Schema { get; set; }

    /// <summary>Half the width of the zero bucket.</summary>
    public double ZeroThreshold { get; set; }

    /// <summary>The population of the zero bucket.</summary>
    public double ZeroCount { get; set; }

    /// <summary>The number of observations.</summary>
    public double Count { get; set; }

    /// <summary>The sum of the observations.</summary>
    public double Sum { get; set; }

    /// <summary>Runs of positive buckets.</summary>
    public BucketSpan[] PositiveSpans { get; set; } = [];

    /// <summary>Runs of negative buckets.</summary>
    public BucketSpan[] NegativeSpans { get; set; } = [];

    /// <summary>Populations of the positive buckets, absolute.</summary>
    public double[] PositiveBuckets { get; set; } = [];

    /// <summary>Populations of the negative buckets, absolute.</summary>
    public double[] NegativeBuckets { get; set; } = [];

    /// <summary>Upper bounds for schema -53, ascending, without +Inf.</summary>
    public double[] CustomValues { get; set; } = [];

    /// <summary>A copy that shares nothing with this one.</summary>
    public FloatHistogram Copy() => new()
    {
        CounterResetHint = CounterResetHint,
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        ZeroCount = ZeroCount,
        Count = Count,
        Sum = Sum,
        PositiveSpans = [.. PositiveSpans],
        NegativeSpans = [.. NegativeSpans],
        PositiveBuckets = [.. PositiveBuckets],
        NegativeBuckets = [.. NegativeBuckets],
        CustomValues = [.. CustomValues],
    };

    /// <summary>
    /// Whether a store may take <paramref name="other"/> for the same sample: all but the hint is equal, floats by their bits, and buckets
    /// are laid out alike.
    /// </summary>
    public bool HasSameBits(FloatHistogram other) =>
        Schema == other.Schema
        && SameBits(ZeroThreshold, other.ZeroThreshold)
        && SameBits(ZeroCount, other.ZeroCount)
        && SameBits(Count, other.Count)
        && SameBits(Sum, other.Sum)
        && PositiveSpans.AsSpan().SequenceEqual(other.PositiveSpans)
        && NegativeSpans.AsSpan().SequenceEqual(other.NegativeSpans)
        && SameBits(PositiveBuckets, other.PositiveBuckets)
        && SameBits(NegativeBuckets, other.NegativeBuckets)
        && SameBits(CustomValues, other.CustomValues);

    private static bool SameBits(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y);

    private static bool SameBits(ReadOnlySpan<double> x, ReadOnlySpan<double> y) =>
        MemoryMarshal.Cast<double, long>(x).SequenceEqual(MemoryMarshal.Cast<double, long>(y));
}
