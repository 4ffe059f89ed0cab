using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>What is read off one native histogram.</summary>
internal static class NativeHistograms
{
    /// <summary>Applies the function to each histogram and takes the names off; floats are left out.</summary>
    public static List<Row> Map(VectorCall call, Func<FloatHistogram, double> function)
    {
        var results = new List<Row>();
        foreach (var row in call.Vector(0))
        {
            if (row.Histograms is null)
            {
                continue;
            }

            var result = Row.Blank(row.Labels, call.Steps);
            for (var step = 0; step < call.Steps; step++)
            {
                if (row.HistogramAt(step) is { } histogram)
                {
                    result.Values[step] = function(histogram);
                }
            }

            DropNameOnly(call, result);
            results.Add(result);
        }

        return results;
    }

    /// <summary>The variance, as if all observations of a bucket lay in its middle.</summary>
    public static double Variance(FloatHistogram histogram)
    {
        var mean = histogram.Sum / histogram.Count;
        var squares = default(KahanSum);
        foreach (var bucket in histogram.EnumerateAll())
        {
            if (bucket.Count == 0)
            {
                continue;
            }

            var distance = Middle(bucket, histogram.UsesCustomBuckets) - mean;
            squares.Add(bucket.Count * distance * distance);
        }

        return (squares.Sum + squares.Compensation) / histogram.Count;
    }

    /// <summary>
    /// The q-quantile: inside its bucket by a straight line, for exponential buckets on a logarithmic scale. Observations that are NaN count
    /// as larger than all others.
    /// </summary>
    public static double Quantile(double q, FloatHistogram histogram, string metricName, Annotations annotations, PositionRange position)
    {
        if (q is < 0 or > 1)
        {
            return q < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (histogram.Count == 0 || double.IsNaN(q))
        {
            return double.NaN;
        }

        // From the nearer end, unless there may be NaNs, which are in no bucket.
        var isUpward = double.IsNaN(histogram.Sum) || q < 0.5;
        var rank = (isUpward ? q : 1 - q) * histogram.Count;
        var buckets = isUpward ? histogram.EnumerateAll() : histogram.EnumerateAll().Reverse();
        using var next = buckets.GetEnumerator();
        var bucket = default(HistogramBucket);
        var count = 0.0;
        while (next.MoveNext())
        {
            bucket = next.Current;
            count += bucket.Count;
            if (bucket.Count != 0 && count >= rank)
            {
                break;
            }
        }

        if (histogram.UsesCustomBuckets && (double.IsNegativeInfinity(bucket.Lower) ? bucket.Upper <= 0 : double.IsPositiveInfinity(bucket.Upper)))
        {
            return double.IsNegativeInfinity(bucket.Lower) ? bucket.Upper : bucket.Lower;
        }

        bucket = WithNaturalBounds(bucket, histogram, isZeroBucket: bucket.Lower < 0 && bucket.Upper > 0);
        count = Math.Min(count, histogram.Count);
        if (count < rank)
        {
            if (double.IsNaN(histogram.Sum))
            {
                annotations.Inform(
                    Annotations.WithMetricName("input to histogram_quantile has NaN observations, result is NaN", metricName), position);
                return double.NaN;
            }

            return bucket.Upper;
        }

        if (double.IsNaN(histogram.Sum) && Rest(next, count) < histogram.Count)
        {
            annotations.Inform(
                Annotations.WithMetricName("input to histogram_quantile has NaN observations, result is skewed higher", metricName), position);
        }

        rank = isUpward ? rank - (count - bucket.Count) : count - rank;
        return Inside(bucket, rank / bucket.Count, histogram.UsesCustomBuckets);
    }

    /// <summary>The share of observations between two values, interpolated as quantiles are. Observations that are NaN lie nowhere.</summary>
    public static double Fraction(
        double lower, double upper, FloatHistogram histogram, string metricName, Annotations annotations, PositionRange position)
    {
        if (histogram.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper))
        {
            return double.NaN;
        }

        if (lower >= upper)
        {
            return 0;
        }

        var total = histogram.Count;
        if (double.IsNaN(histogram.Sum))
        {
            total = histogram.EnumerateAll().Sum(static bucket => bucket.Count);
            if (total < histogram.Count)
            {
                annotations.Inform(
                    Annotations.WithMetricName(
                        "input to histogram_fraction has NaN observations, which are excluded from all fractions", metricName),
                    position);
            }
        }

        return (Rank(upper, histogram, total) - Rank(lower, histogram, total)) / histogram.Count;
    }

    /// <summary>As Prometheus does here, unlike elsewhere: without delayed name removal, type and unit stay.</summary>
    private static void DropNameOnly(VectorCall call, Row row)
    {
        row.DropsName = true;
        if (!call.DelayedNameRemoval)
        {
            row.Labels = row.Labels.Without(Labels.MetricName);
        }
    }

    /// <summary>How many observations lie below <paramref name="value"/>, at most <paramref name="total"/>.</summary>
    private static double Rank(double value, FloatHistogram histogram, double total)
    {
        var rank = 0.0;
        foreach (var stored in histogram.EnumerateAll())
        {
            var isZeroBucket = stored.Lower <= 0 && stored.Upper >= 0;
            var bucket = isZeroBucket ? WithHalfOnly(stored, histogram) : stored;
            if (bucket.Lower >= value)
            {
                return Math.Min(rank, total);
            }

            if (bucket.Upper > value)
            {
                // Nothing can be said about the inside of a bucket without a lower bound.
                var inside = double.IsNegativeInfinity(bucket.Lower)
                    ? bucket.Count
                    : rank + (bucket.Count * bucket.FractionBelow(value, histogram.UsesCustomBuckets || isZeroBucket));
                return inside > total ? total : inside;
            }

            rank += bucket.Count;
        }

        return total;
    }

    private static double Rest(IEnumerator<HistogramBucket> next, double count)
    {
        while (next.MoveNext())
        {
            count += next.Current.Count;
        }

        return count;
    }

    private static double Middle(in HistogramBucket bucket, bool isCustom)
    {
        if (isCustom)
        {
            return (bucket.Upper + bucket.Lower) / 2;
        }

        if (bucket.Lower <= 0 && bucket.Upper >= 0)
        {
            return 0;
        }

        var mean = Math.Sqrt(bucket.Upper * bucket.Lower);
        return bucket.Upper < 0 ? -mean : mean;
    }

    private static double Inside(in HistogramBucket bucket, double fraction, bool isCustom)
    {
        if (isCustom || (bucket.Lower <= 0 && bucket.Upper >= 0))
        {
            return bucket.Lower + ((bucket.Upper - bucket.Lower) * fraction);
        }

        var lower = Math.Log2(Math.Abs(bucket.Lower));
        var upper = Math.Log2(Math.Abs(bucket.Upper));
        return bucket.Lower > 0
            ? Math.Pow(2, lower + ((upper - lower) * fraction))
            : -Math.Pow(2, upper + ((lower - upper) * (1 - fraction)));
    }

    /// <summary>The bucket with 0 as the bound that it would have if observations of one sign only were made.</summary>
    private static HistogramBucket WithNaturalBounds(in HistogramBucket bucket, FloatHistogram histogram, bool isZeroBucket)
    {
        if (histogram.UsesCustomBuckets)
        {
            return double.IsNegativeInfinity(bucket.Lower) ? bucket with { Lower = 0 } : bucket;
        }

        return isZeroBucket ? WithHalfOnly(bucket, histogram) : bucket;
    }

    private static HistogramBucket WithHalfOnly(in HistogramBucket bucket, FloatHistogram histogram)
    {
        var hasPositive = histogram.PositiveBuckets.Length > 0;
        var hasNegative = histogram.NegativeBuckets.Length > 0;
        return hasPositive == hasNegative ? bucket
            : hasPositive ? bucket with { Lower = 0 }
            : bucket with { Upper = 0 };
    }
}
