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

    /// <summary>A copy with another hint, for one who will not change it: spans, buckets and bounds are shared.</summary>
    public FloatHistogram WithHint(CounterResetHint hint) => new()
    {
        CounterResetHint = hint,
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        ZeroCount = ZeroCount,
        Count = Count,
        Sum = Sum,
        PositiveSpans = PositiveSpans,
        NegativeSpans = NegativeSpans,
        PositiveBuckets = PositiveBuckets,
        NegativeBuckets = NegativeBuckets,
        CustomValues = CustomValues,
    };

    /// <summary>
    /// Whether <paramref name="other"/> is the same data: all but the hint is equal, floats by their bits, and both have the same buckets,
    /// empty ones among them.
    /// </summary>
    public bool HasSameBits(FloatHistogram other) =>
        Schema == other.Schema
        && SameBits(ZeroThreshold, other.ZeroThreshold)
        && SameBits(ZeroCount, other.ZeroCount)
        && SameBits(Count, other.Count)
        && SameBits(Sum, other.Sum)
        && BucketLayout.AreAlike(PositiveSpans, other.PositiveSpans)
        && BucketLayout.AreAlike(NegativeSpans, other.NegativeSpans)
        && SameBits(PositiveBuckets, other.PositiveBuckets)
        && SameBits(NegativeBuckets, other.NegativeBuckets)
        && SameBits(CustomValues, other.CustomValues);

    /// <summary>Whether the bounds are those of <see cref="CustomValues"/>.</summary>
    public bool UsesCustomBuckets => Schema == CustomBucketsSchema;

    /// <summary>
    /// Adds <paramref name="other"/>, which stays as it is. Differences are settled by the coarser schema, the wider zero bucket, and the
    /// bounds that both have. False, with nothing changed, where one of the two has custom buckets and the other has not.
    /// </summary>
    public bool TryAdd(FloatHistogram other, out HistogramNotes notes) => HistogramAddition.TryCombine(this, other, 1, out notes);

    /// <summary>Subtracts <paramref name="other"/>; for the rest as <see cref="TryAdd"/>. Who shows the difference to a user makes a gauge of it.</summary>
    public bool TrySubtract(FloatHistogram other, out HistogramNotes notes) => HistogramAddition.TryCombine(this, other, -1, out notes);

    /// <summary>Multiplies all populations and the sum; a negative factor makes a gauge.</summary>
    public void Multiply(double factor)
    {
        Scale(static (value, by) => value * by, factor);
        if (factor < 0)
        {
            CounterResetHint = CounterResetHint.Gauge;
        }
    }

    /// <summary>Divides all populations and the sum; a negative divisor makes a gauge, zero takes the buckets away.</summary>
    public void Divide(double divisor)
    {
        Scale(static (value, by) => value / by, divisor);
        if (divisor == 0)
        {
            (PositiveSpans, PositiveBuckets, NegativeSpans, NegativeBuckets) = ([], [], [], []);
        }
        else if (divisor < 0)
        {
            CounterResetHint = CounterResetHint.Gauge;
        }
    }

    /// <summary>Takes out empty buckets and joins spans; a gap of up to <paramref name="maxEmpty"/> buckets is filled with empty ones instead.</summary>
    public void Compact(int maxEmpty = 0)
    {
        (PositiveSpans, PositiveBuckets) = BucketLayout.Of(PositiveSpans, PositiveBuckets).WithoutEmpty().ToSpans(maxEmpty);
        (NegativeSpans, NegativeBuckets) = BucketLayout.Of(NegativeSpans, NegativeBuckets).WithoutEmpty().ToSpans(maxEmpty);
    }

    /// <summary>Merges buckets to a coarser exponential schema.</summary>
    /// <exception cref="ArgumentException">The schema is finer, or one of the two is that of custom buckets.</exception>
    public void ReduceResolution(int schema)
    {
        if (UsesCustomBuckets || schema == CustomBucketsSchema || schema > Schema)
        {
            throw new ArgumentException($"cannot reduce resolution from schema {Schema} to {schema}", nameof(schema));
        }

        (PositiveSpans, PositiveBuckets) = BucketLayout.Of(PositiveSpans, PositiveBuckets).Coarser(Schema - schema).ToSpans();
        (NegativeSpans, NegativeBuckets) = BucketLayout.Of(NegativeSpans, NegativeBuckets).Coarser(Schema - schema).ToSpans();
        Schema = schema;
    }

    /// <summary>Takes out what was observed above <paramref name="bound"/>, as far as buckets can tell; count and sum become estimates.</summary>
    public void TrimAbove(double bound) => HistogramTrim.Apply(this, bound, keepsBelow: true);

    /// <summary>Takes out what was observed below <paramref name="bound"/>, as far as buckets can tell; count and sum become estimates.</summary>
    public void TrimBelow(double bound) => HistogramTrim.Apply(this, bound, keepsBelow: false);

    /// <summary>
    /// What a store that keeps this right behind <paramref name="previous"/> (null: behind nothing) may say of it: that it is a gauge, that
    /// nothing was reset between the two, or that it does not know. It never says that there was a reset: who reads finds it again, and what
    /// was read before need not be <paramref name="previous"/>.
    /// </summary>
    public CounterResetHint HintBehind(FloatHistogram? previous) => HistogramReset.HintBehind(this, previous);

    /// <summary>Whether a counter was reset between <paramref name="previous"/> and this: some population fell, or the shape became finer.</summary>
    public bool DetectReset(FloatHistogram previous) => HistogramReset.Detect(this, previous);

    /// <summary>What is wrong with the histogram, in Prometheus's words; null where nothing is.</summary>
    public string? Validate() => HistogramValidation.FirstProblem(this);

    /// <summary>Whether a population, the sum or a bound is infinite.</summary>
    public bool HasOverflow =>
        double.IsInfinity(ZeroCount) || double.IsInfinity(Count) || double.IsInfinity(Sum)
        || PositiveBuckets.Any(double.IsInfinity) || NegativeBuckets.Any(double.IsInfinity) || CustomValues.Any(double.IsInfinity);

    /// <summary>The positive buckets, empty ones among them, from the lowest.</summary>
    public IEnumerable<HistogramBucket> EnumeratePositive() => HistogramBounds.Enumerate(this, positive: true);

    /// <summary>The negative buckets, empty ones among them, from the one next to zero.</summary>
    public IEnumerable<HistogramBucket> EnumerateNegative() => HistogramBounds.Enumerate(this, positive: false);

    /// <summary>All buckets in ascending order; the zero bucket only where it is populated.</summary>
    public IEnumerable<HistogramBucket> EnumerateAll()
    {
        var zero = new HistogramBucket(-ZeroThreshold, ZeroThreshold, LowerInclusive: true, UpperInclusive: true, ZeroCount, 0);
        return EnumerateNegative().Reverse().Concat(ZeroCount != 0 ? [zero] : []).Concat(EnumeratePositive());
    }

    /// <summary>As the HTML and text outputs of Prometheus show it: <c>{count:3, sum:1, (0.5,1]:3}</c>; empty buckets are left out.</summary>
    public override string ToString() => HistogramText.Describe(this);

    /// <summary>As series notation writes it, in one span for each side: <c>{{count:3 sum:1 buckets:[3]}}</c>.</summary>
    public string ToNotation() => HistogramText.Notation(this);

    private static bool SameBits(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y);

    private static bool SameBits(ReadOnlySpan<double> x, ReadOnlySpan<double> y) =>
        MemoryMarshal.Cast<double, long>(x).SequenceEqual(MemoryMarshal.Cast<double, long>(y));

    private void Scale(Func<double, double, double> scale, double by)
    {
        ZeroCount = scale(ZeroCount, by);
        Count = scale(Count, by);
        Sum = scale(Sum, by);
        PositiveBuckets = Array.ConvertAll(PositiveBuckets, b => scale(b, by));
        NegativeBuckets = Array.ConvertAll(NegativeBuckets, b => scale(b, by));
    }
}
