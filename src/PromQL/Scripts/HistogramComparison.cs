using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Scripts;

/// <summary>Compares native histograms: bounds exactly, populations up to a relative error, empty buckets not at all.</summary>
internal static class HistogramComparison
{
    private const double Tolerance = 1e-6;

    public static bool AreEqual(FloatHistogram expected, FloatHistogram found, bool comparesHint) =>
        expected.Schema == found.Schema
        && expected.ZeroThreshold == found.ZeroThreshold
        && AlmostEqual.Test(expected.Count, found.Count, Tolerance)
        && AlmostEqual.Test(expected.Sum, found.Sum, Tolerance)
        && AlmostEqual.Test(expected.ZeroCount, found.ZeroCount, Tolerance)
        && expected.CustomValues.AsSpan().SequenceEqual(found.CustomValues)
        && AreEqual(expected.PositiveSpans, expected.PositiveBuckets, found.PositiveSpans, found.PositiveBuckets)
        && AreEqual(expected.NegativeSpans, expected.NegativeBuckets, found.NegativeSpans, found.NegativeBuckets)
        && (!comparesHint || expected.CounterResetHint == found.CounterResetHint);

    private static bool AreEqual(BucketSpan[] spans, double[] buckets, BucketSpan[] otherSpans, double[] otherBuckets)
    {
        var expected = Populated(spans, buckets);
        var found = Populated(otherSpans, otherBuckets);
        return expected.Count == found.Count && expected.Zip(found).All(static pair =>
            pair.First.Index == pair.Second.Index && AlmostEqual.Test(pair.First.Count, pair.Second.Count, Tolerance));
    }

    private static List<(int Index, double Count)> Populated(BucketSpan[] spans, double[] buckets)
    {
        var populated = new List<(int, double)>();
        var index = 0;
        var next = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (var i = 0; i < span.Length; i++, index++)
            {
                var count = buckets[next++];
                if (count != 0)
                {
                    populated.Add((index, count));
                }
            }
        }

        return populated;
    }
}
