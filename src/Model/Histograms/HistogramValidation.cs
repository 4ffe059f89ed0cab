using System.Globalization;

namespace Tallygate.Model.Histograms;

/// <summary>Checks histograms, in Prometheus's words.</summary>
internal static class HistogramValidation
{
    private const string NegativeOffset = "histogram has a span whose offset is negative";
    private const string SpansMismatch = "histogram spans specify different number of buckets than provided";
    private const string NegativeBucket = "histogram has a bucket whose observation count is negative";

    public static string? FirstProblem(FloatHistogram h)
    {
        string? problem;
        if (h.UsesCustomBuckets)
        {
            problem = Prefixed("custom buckets: ", Bounds(h))
                ?? (h.ZeroCount != 0 ? "custom buckets: must have zero count of 0"
                : h.ZeroThreshold != 0 ? "custom buckets: must have zero threshold of 0"
                : h.NegativeSpans.Length > 0 ? "custom buckets: must not have negative spans"
                : h.NegativeBuckets.Length > 0 ? "custom buckets: must not have negative buckets"
                : null);
        }
        else if (h.Schema is < -4 or > 8)
        {
            problem = "histogram has an invalid schema, which must be between -4 and 8 for exponential buckets, or -53 for custom buckets, "
                + $"got schema {h.Schema}";
        }
        else
        {
            problem = Prefixed("positive side: ", Spans(h.PositiveSpans, h.PositiveBuckets, firstToo: false))
                ?? Prefixed("negative side: ", Spans(h.NegativeSpans, h.NegativeBuckets, firstToo: false) ?? Counts(h.NegativeBuckets))
                ?? (h.ZeroCount < 0 ? $"zero bucket has observation count of {Text(h.ZeroCount)}: {NegativeBucket}"
                : h.CustomValues.Length > 0 ? "histogram with exponential schema must not have custom bounds"
                : null);
        }

        return problem
            ?? (h.Count < 0 ? $"observation count is  {Text(h.Count)}: histogram's observation count is negative" : null)
            ?? Prefixed("positive side: ", Counts(h.PositiveBuckets));
    }

    private static string? Bounds(FloatHistogram h)
    {
        var previous = double.NegativeInfinity;
        for (var i = 0; i < h.CustomValues.Length; i++)
        {
            var bound = h.CustomValues[i];
            if (double.IsNaN(bound))
            {
                return "histogram custom bounds must not be NaN";
            }

            if (i > 0 && bound <= previous)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"previous bound is {previous:F6} and current is {bound:F6}: histogram custom bounds must be in strictly increasing order");
            }

            previous = bound;
        }

        if (double.IsPositiveInfinity(previous))
        {
            return "last +Inf bound must not be explicitly defined: histogram custom bounds must be finite";
        }

        if (Spans(h.PositiveSpans, h.PositiveBuckets, firstToo: true) is { } problem)
        {
            return problem;
        }

        var covered = h.PositiveSpans.Sum(s => s.Offset + (long)s.Length);
        return h.CustomValues.Length + 1 < covered
            ? $"only {h.CustomValues.Length} custom bounds defined which is insufficient to cover total span length of {covered}: "
                + "histogram custom bounds are too few"
            : null;
    }

    private static string? Spans(BucketSpan[] spans, double[] counts, bool firstToo)
    {
        var needed = 0L;
        for (var i = 0; i < spans.Length; i++)
        {
            if (spans[i].Offset < 0 && (firstToo || i > 0))
            {
                return $"span number {i + 1} with offset {spans[i].Offset}: {NegativeOffset}";
            }

            needed += spans[i].Length;
        }

        return needed != counts.Length ? $"spans need {needed} buckets, have {counts.Length} buckets: {SpansMismatch}" : null;
    }

    private static string? Counts(double[] counts)
    {
        var at = Array.FindIndex(counts, c => c < 0);
        return at < 0 ? null : $"bucket number {at + 1} has observation count of {Text(counts[at])}: {NegativeBucket}";
    }

    private static string? Prefixed(string prefix, string? problem) => problem is null ? null : prefix + problem;

    private static string Text(double value) => FloatText.Format(value, FloatForm.General);
}
