using System.Globalization;
using Tallygate.Model;

namespace Tallygate.PromQL.Values;

/// <summary>Where classic histogram buckets had to be lifted so that their counts do not decrease.</summary>
/// <param name="MinTime">The first time, Unix milliseconds.</param>
/// <param name="MaxTime">The last time.</param>
/// <param name="MinBucket">The lowest upper bound of a bucket that was lifted.</param>
/// <param name="MaxBucket">The highest.</param>
/// <param name="MaxDifference">By how much at most.</param>
/// <param name="Samples">The number of samples.</param>
internal readonly record struct ForcedMonotonicity(
    long MinTime, long MaxTime, double MinBucket, double MaxBucket, double MaxDifference, int Samples)
{
    /// <summary>Both together.</summary>
    public ForcedMonotonicity With(in ForcedMonotonicity other) => new(
        Math.Min(MinTime, other.MinTime),
        Math.Max(MaxTime, other.MaxTime),
        Math.Min(MinBucket, other.MinBucket),
        Math.Max(MaxBucket, other.MaxBucket),
        Math.Max(MaxDifference, other.MaxDifference),
        Samples + other.Samples);

    /// <summary>As it follows the text of the annotation.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $", from buckets {Short(MinBucket)} to {Short(MaxBucket)}, with a max diff of {TwoDigits(MaxDifference)}, "
            + $"over {Samples} samples from {Time(MinTime)} to {Time(MaxTime)}");

    private static string Short(double value) => FloatText.Format(value, FloatForm.General);

    private static string TwoDigits(double value)
    {
        // Two significant digits, with Go's choice of exponent.
        if (!double.IsFinite(value) || value == 0)
        {
            return Short(value);
        }

        var exponential = value.ToString("0.0e+00", CultureInfo.InvariantCulture);
        var exponent = int.Parse(exponential.AsSpan(exponential.IndexOf('e') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 2)
        {
            return exponential.Replace(".0e", "e", StringComparison.Ordinal);
        }

        return double.Parse(exponential, CultureInfo.InvariantCulture).ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeSeconds(milliseconds / 1000).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
