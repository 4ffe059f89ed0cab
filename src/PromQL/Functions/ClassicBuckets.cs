using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>The buckets of one classic histogram at one time: upper bounds and cumulative counts, gathered and then asked. Reusable.</summary>
internal sealed class ClassicBuckets
{
    /// <summary>Relative differences below this are artefacts of floating point and are no decrease.</summary>
    private const double SmallDifference = 1e-12;

    private double[] _bounds = new double[16];
    private double[] _counts = new double[16];

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    public void Add(double bound, double count)
    {
        if (Count == _bounds.Length)
        {
            Array.Resize(ref _bounds, Count * 2);
            Array.Resize(ref _counts, Count * 2);
        }

        _bounds[Count] = bound;
        _counts[Count++] = count;
    }

    /// <summary>
    /// The q-quantile, by a straight line inside its bucket; the lowest bucket starts at 0 if its bound is positive. NaN without a bucket
    /// for +Inf, with fewer than two buckets, or without observations.
    /// </summary>
    /// <param name="time">The time of the step, for <paramref name="forced"/>.</param>
    /// <param name="forced">What had to be lifted so that counts do not decrease, if anything.</param>
    public double Quantile(double q, long time, out ForcedMonotonicity? forced)
    {
        forced = null;
        if (double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q is < 0 or > 1)
        {
            return q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (!TryPrepare())
        {
            return double.NaN;
        }

        forced = ForceMonotonicity(time);
        if (Count < 2 || _counts[Count - 1] == 0)
        {
            return double.NaN;
        }

        var rank = q * _counts[Count - 1];
        var bucket = 0;
        while (bucket < Count - 1 && !(_counts[bucket] >= rank))
        {
            bucket++;
        }

        if (bucket == Count - 1)
        {
            return _bounds[Count - 2];
        }

        if (bucket == 0)
        {
            return _bounds[0] <= 0 ? _bounds[0] : _bounds[0] * (rank / _counts[0]);
        }

        var from = _bounds[bucket - 1];
        var before = _counts[bucket - 1];
        return from + ((_bounds[bucket] - from) * ((rank - before) / (_counts[bucket] - before)));
    }

    /// <summary>The share of observations between two values, by straight lines inside the buckets.</summary>
    public double Fraction(double lower, double upper)
    {
        if (!TryPrepare())
        {
            return double.NaN;
        }

        var total = _counts[Count - 1];
        if (total == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        return lower >= upper ? 0 : (Rank(upper, total) - Rank(lower, total)) / total;
    }

    /// <summary>How many observations lie below <paramref name="value"/>.</summary>
    private double Rank(double value, double total)
    {
        // Only positive observations are assumed where the lowest bound is positive.
        var from = _bounds[0] <= 0 ? double.NegativeInfinity : 0;
        var rank = 0.0;
        for (var i = 0; i < Count; i++)
        {
            if (from >= value)
            {
                return Math.Min(rank, total);
            }

            if (_bounds[i] > value)
            {
                var inside = double.IsNegativeInfinity(from)
                    ? _counts[i]
                    : rank + ((_counts[i] - rank) * (value - from) / (_bounds[i] - from));
                return inside > total ? total : inside;
            }

            from = _bounds[i];
            rank = _counts[i];
        }

        return total;
    }

    /// <summary>Sorts, joins equal bounds; false where the highest is not +Inf.</summary>
    private bool TryPrepare()
    {
        Array.Sort(_bounds, _counts, 0, Count);
        if (!double.IsPositiveInfinity(_bounds[Count - 1]))
        {
            return false;
        }

        var last = 0;
        for (var i = 1; i < Count; i++)
        {
            if (_bounds[i] == _bounds[last])
            {
                _counts[last] += _counts[i];
            }
            else
            {
                last++;
                _bounds[last] = _bounds[i];
                _counts[last] = _counts[i];
            }
        }

        Count = last + 1;
        return true;
    }

    private ForcedMonotonicity? ForceMonotonicity(long time)
    {
        var lowest = double.PositiveInfinity;
        var highest = double.NegativeInfinity;
        var difference = 0.0;
        var isForced = false;
        var before = _counts[0];
        for (var i = 1; i < Count; i++)
        {
            var count = _counts[i];
            if (count == before)
            {
                continue;
            }

            if (AlmostEqual.Test(before, count, SmallDifference))
            {
                _counts[i] = before;
            }
            else if (count < before)
            {
                _counts[i] = before;
                isForced = true;
                lowest = Math.Min(lowest, _bounds[i]);
                highest = Math.Max(highest, _bounds[i]);
                difference = Math.Max(difference, before - count);
            }
            else
            {
                before = count;
            }
        }

        return isForced ? new ForcedMonotonicity(time, time, lowest, highest, difference, 1) : null;
    }
}
