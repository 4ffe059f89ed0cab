namespace Tallygate.Model.Histograms;

/// <summary>One bucket with its bounds.</summary>
/// <param name="Index">The bucket's number within its schema and side.</param>
public readonly record struct HistogramBucket(
    double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count, int Index)
{
    /// <summary>
    /// The share of the bucket that lies below a value between its bounds, which must be finite: by a straight line, or by one on a
    /// logarithmic scale, which suits exponential buckets.
    /// </summary>
    public double FractionBelow(double value, bool isLinear)
    {
        if (isLinear)
        {
            return (value - Lower) / (Upper - Lower);
        }

        var lower = Math.Log2(Math.Abs(Lower));
        var upper = Math.Log2(Math.Abs(Upper));
        var at = Math.Log2(Math.Abs(value));
        return value > 0 ? (at - lower) / (upper - lower) : 1 - ((at - upper) / (lower - upper));
    }
}
