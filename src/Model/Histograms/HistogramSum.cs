namespace Tallygate.Model.Histograms;

/// <summary>
/// Adds up histograms with compensation of what floating point loses, as Prometheus does in sums and means. Differences of shape are
/// settled as by <see cref="FloatHistogram.TryAdd"/>. Not thread-safe.
/// </summary>
public sealed class HistogramSum
{
    private readonly FloatHistogram _shape;
    private KahanSum _zeroCount;
    private KahanSum _count;
    private KahanSum _sum;
    private CompensatedLayout _positive;
    private CompensatedLayout _negative;

    /// <summary>Begins with a histogram, which stays as it is.</summary>
    public HistogramSum(FloatHistogram first)
    {
        ArgumentNullException.ThrowIfNull(first);
        _shape = first.WithHint(first.CounterResetHint);
        _zeroCount = new KahanSum(first.ZeroCount);
        _count = new KahanSum(first.Count);
        _sum = new KahanSum(first.Sum);
        _positive = CompensatedLayout.Of(first.PositiveSpans, first.PositiveBuckets);
        _negative = CompensatedLayout.Of(first.NegativeSpans, first.NegativeBuckets);
    }

    private HistogramSum(HistogramSum other)
    {
        _shape = other._shape.WithHint(other._shape.CounterResetHint);
        (_zeroCount, _count, _sum) = (other._zeroCount, other._count, other._sum);
        (_positive, _negative) = (other._positive, other._negative);
    }

    /// <summary>Whether a population or the sum of observations is infinite.</summary>
    public bool HasOverflow =>
        double.IsInfinity(_zeroCount.Sum) || double.IsInfinity(_count.Sum) || double.IsInfinity(_sum.Sum)
        || _positive.HasOverflow || _negative.HasOverflow;

    /// <summary>The sum as it stands now, apart from this one.</summary>
    public HistogramSum Copy() => new(this);

    /// <summary>Adds a histogram, which stays as it is. False, with nothing changed, where one has custom buckets and the other has not.</summary>
    public bool TryAdd(FloatHistogram other, out HistogramNotes notes)
    {
        ArgumentNullException.ThrowIfNull(other);
        notes = HistogramNotes.None;
        if (_shape.UsesCustomBuckets != other.UsesCustomBuckets)
        {
            return false;
        }

        notes = HistogramAddition.AdjustHint(_shape, other) ? HistogramNotes.CounterResetCollision : HistogramNotes.None;
        _count.Add(other.Count);
        _sum.Add(other.Sum);
        if (_shape.UsesCustomBuckets)
        {
            notes |= AddCustom(other);
            return true;
        }

        _zeroCount.Add(ReconcileZeroBuckets(other));
        if (other.Schema < _shape.Schema)
        {
            var levels = _shape.Schema - other.Schema;
            _positive = _positive.Mapped(index => ((index - 1) >> levels) + 1);
            _negative = _negative.Mapped(index => ((index - 1) >> levels) + 1);
            _shape.Schema = other.Schema;
        }

        var coarser = other.Schema - _shape.Schema;
        _positive = _positive.Plus(
            HistogramZeroBucket.Outside(other.PositiveSpans, other.PositiveBuckets, other.Schema, _shape.ZeroThreshold, coarser));
        _negative = _negative.Plus(
            HistogramZeroBucket.Outside(other.NegativeSpans, other.NegativeBuckets, other.Schema, _shape.ZeroThreshold, coarser));
        return true;
    }

    /// <summary>Multiplies all that was added so far.</summary>
    public void Multiply(double factor) => Scale(value => value * factor);

    /// <summary>Divides all that was added so far.</summary>
    public void Divide(double divisor) => Scale(value => value / divisor);

    /// <summary>The sum, with what was lost on the way.</summary>
    public FloatHistogram Total()
    {
        var (positiveSpans, positive) = _positive.Total().ToSpans();
        var (negativeSpans, negative) = _negative.Total().ToSpans();
        return new FloatHistogram
        {
            CounterResetHint = _shape.CounterResetHint,
            Schema = _shape.Schema,
            ZeroThreshold = _shape.ZeroThreshold,
            ZeroCount = _zeroCount.Sum + _zeroCount.Compensation,
            Count = _count.Sum + _count.Compensation,
            Sum = _sum.Sum + _sum.Compensation,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
            CustomValues = [.. _shape.CustomValues],
        };
    }

    private HistogramNotes AddCustom(FloatHistogram other)
    {
        if (_shape.CustomValues.AsSpan().SequenceEqual(other.CustomValues))
        {
            _positive = _positive.Plus(BucketLayout.Of(other.PositiveSpans, other.PositiveBuckets));
            return HistogramNotes.None;
        }

        var from = _shape.CustomValues;
        var bounds = HistogramAddition.CommonBounds(from, other.CustomValues);
        _positive = _positive.Mapped(index => HistogramAddition.ToBound(index, from, bounds)).Plus(HistogramAddition.ToBounds(other, bounds));
        _shape.CustomValues = bounds;
        return HistogramNotes.BoundsReconciled;
    }

    /// <summary>Widens the zero bucket until it can take in that of the other, whose population within the same threshold is given back.</summary>
    private double ReconcileZeroBuckets(FloatHistogram other)
    {
        var (otherCount, otherThreshold) = (other.ZeroCount, other.ZeroThreshold);
        while (otherThreshold != _shape.ZeroThreshold)
        {
            if (_shape.ZeroThreshold > otherThreshold)
            {
                (otherCount, otherThreshold) = HistogramZeroBucket.Widened(other, _shape.ZeroThreshold);
            }
            else
            {
                var before = Total();
                _shape.ZeroThreshold = HistogramZeroBucket.Widened(before, otherThreshold).Threshold;
                _positive = WithoutInner(_positive);
                _negative = WithoutInner(_negative);
            }
        }

        return otherCount;
    }

    /// <summary>Moves the buckets that end within the zero bucket into it.</summary>
    private CompensatedLayout WithoutInner(CompensatedLayout side)
    {
        var last = int.MinValue;
        foreach (var (index, sum) in side.Buckets)
        {
            if (HistogramBounds.Upper(index, _shape.Schema, []) > _shape.ZeroThreshold)
            {
                break;
            }

            _zeroCount.Add(sum.Sum);
            _zeroCount.Add(sum.Compensation);
            last = index;
        }

        return side.Above(last);
    }

    private void Scale(Func<double, double> scale)
    {
        _zeroCount = new KahanSum(scale(_zeroCount.Sum), scale(_zeroCount.Compensation));
        _count = new KahanSum(scale(_count.Sum), scale(_count.Compensation));
        _sum = new KahanSum(scale(_sum.Sum), scale(_sum.Compensation));
        _positive = _positive.Scaled(scale);
        _negative = _negative.Scaled(scale);
    }
}
