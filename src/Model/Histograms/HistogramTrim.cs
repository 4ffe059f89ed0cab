namespace Tallygate.Model.Histograms;

/// <summary>
/// Takes the observations on one side of a number out of a histogram, in place. A bucket around the number keeps the share that
/// interpolation gives; where anything was taken out, count and sum are estimated anew from what is left.
/// </summary>
internal sealed class HistogramTrim
{
    private readonly FloatHistogram _histogram;
    private readonly double _bound;
    private readonly bool _keepsBelow;
    private double _count;
    private double _sum;
    private bool _hasChanged;

    private HistogramTrim(FloatHistogram histogram, double bound, bool keepsBelow)
    {
        _histogram = histogram;
        _bound = bound;
        _keepsBelow = keepsBelow;
    }

    private bool IsLinear => _histogram.UsesCustomBuckets;

    public static void Apply(FloatHistogram histogram, double bound, bool keepsBelow) =>
        new HistogramTrim(histogram, bound, keepsBelow).Apply();

    private void Apply()
    {
        var hasPositive = TrimSide(_histogram.EnumeratePositive(), _histogram.PositiveBuckets, isPositive: true);
        var hasNegative = TrimSide(_histogram.EnumerateNegative(), _histogram.NegativeBuckets, isPositive: false);
        if (_histogram.ZeroCount > 0)
        {
            TrimZeroBucket(hasNegative && !hasPositive, hasPositive && !hasNegative);
        }

        if (_hasChanged)
        {
            _histogram.Count = _count;
            _histogram.Sum = _sum;
            _histogram.Compact();
        }
    }

    /// <summary>Trims the populations of one side; false where there are none.</summary>
    private bool TrimSide(IEnumerable<HistogramBucket> buckets, double[] populations, bool isPositive)
    {
        var isPopulated = false;
        var at = -1;
        foreach (var bucket in buckets)
        {
            at++;
            if (bucket.Count == 0)
            {
                continue;
            }

            isPopulated = true;
            var (kept, middle) = Kept(bucket, isPositive);
            _count += kept;
            _sum += middle * kept;
            if (kept != populations[at])
            {
                populations[at] = kept;
                _hasChanged = true;
            }
        }

        return isPopulated;
    }

    private (double Count, double Middle) Kept(in HistogramBucket bucket, bool isPositive)
    {
        if (_keepsBelow ? bucket.Upper <= _bound : bucket.Lower >= _bound)
        {
            return (bucket.Count, Middle(bucket.Lower, bucket.Upper, isPositive));
        }

        if (_keepsBelow ? !(bucket.Lower < _bound) : !(bucket.Upper > _bound))
        {
            return (0, 0);
        }

        if (double.IsNegativeInfinity(bucket.Lower))
        {
            return KeptWithoutLowerBound(bucket);
        }

        if (double.IsPositiveInfinity(bucket.Upper))
        {
            // Nobody knows how far up these lie: they stay where all above is kept, and go where only those below are.
            return _keepsBelow ? (0, 0) : (bucket.Count, _bound);
        }

        var below = bucket.Count * bucket.FractionBelow(_bound, IsLinear);
        return _keepsBelow
            ? (below, Middle(bucket.Lower, _bound, isPositive))
            : (bucket.Count - below, Middle(_bound, bucket.Upper, isPositive));
    }

    /// <summary>The lowest custom bucket begins at 0 if it ends above; if not, nobody knows how far down its observations lie.</summary>
    private (double Count, double Middle) KeptWithoutLowerBound(in HistogramBucket bucket)
    {
        var endsAboveZero = bucket.Upper > 0 && !double.IsPositiveInfinity(bucket.Upper);
        if (_keepsBelow)
        {
            return _bound > 0 && endsAboveZero ? (bucket.Count * _bound / bucket.Upper, _bound / 2)
                : bucket.Upper <= 0 ? (bucket.Count, _bound)
                : (0, 0);
        }

        return _bound >= 0 && endsAboveZero
            ? (bucket.Count * (1 - (_bound / bucket.Upper)), (_bound + bucket.Upper) / 2)
            : (0, 0);
    }

    private void TrimZeroBucket(bool onlyNegative, bool onlyPositive)
    {
        var lower = onlyPositive ? 0 : -_histogram.ZeroThreshold;
        var upper = onlyNegative ? 0 : _histogram.ZeroThreshold;
        var count = _histogram.ZeroCount;
        var (kept, middle) = _bound <= lower ? (_keepsBelow ? (0, 0) : (count, (lower + upper) / 2))
            : _bound >= upper ? (_keepsBelow ? (count, (lower + upper) / 2) : (0, 0))
            : _keepsBelow ? (count * ((_bound - lower) / (upper - lower)), (lower + _bound) / 2)
            : (count * ((upper - _bound) / (upper - lower)), (_bound + upper) / 2);
        _hasChanged |= kept != count;
        _histogram.ZeroCount = kept;
        _count += kept;
        _sum += middle * kept;
    }

    /// <summary>Where the observations between two bounds lie on average, as far as one can tell.</summary>
    private double Middle(double lower, double upper, bool isPositive)
    {
        if (double.IsInfinity(lower))
        {
            return double.IsInfinity(upper) ? 0 : upper > 0 ? upper / 2 : upper;
        }

        if (double.IsInfinity(upper))
        {
            return lower;
        }

        if (IsLinear)
        {
            return (lower + upper) / 2;
        }

        var mean = Math.Sqrt(Math.Abs(lower * upper));
        return isPositive ? mean : -mean;
    }
}
