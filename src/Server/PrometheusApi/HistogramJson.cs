using System.Text.Json;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Server.PrometheusApi;

/// <summary>A native histogram as the API writes it: count, sum, and the populated buckets from the lowest to the highest.</summary>
internal static class HistogramJson
{
    public static void Write(Utf8JsonWriter json, FloatHistogram histogram)
    {
        json.WriteStartObject();
        json.WritePropertyName("count"u8);
        JsonNumbers.Value(json, histogram.Count);
        json.WritePropertyName("sum"u8);
        JsonNumbers.Value(json, histogram.Sum);
        var open = false;
        foreach (var (index, count) in Buckets(histogram.NegativeSpans, histogram.NegativeBuckets).Reverse())
        {
            Bucket(json, ref open, 1, -Bound(histogram, index), -Bound(histogram, index - 1), count);
        }

        if (histogram.ZeroCount != 0)
        {
            Bucket(json, ref open, 3, -histogram.ZeroThreshold, histogram.ZeroThreshold, histogram.ZeroCount);
        }

        var custom = histogram.Schema == FloatHistogram.CustomBucketsSchema;
        foreach (var (index, count) in Buckets(histogram.PositiveSpans, histogram.PositiveBuckets))
        {
            Bucket(json, ref open, custom && index == 0 ? 3 : 0, Bound(histogram, index - 1), Bound(histogram, index), count);
        }

        if (open)
        {
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <param name="code">0: (lower, upper], 1: [lower, upper), 3: [lower, upper].</param>
    private static void Bucket(Utf8JsonWriter json, ref bool open, int code, double lower, double upper, double count)
    {
        if (!open)
        {
            json.WriteStartArray("buckets"u8);
            open = true;
        }

        json.WriteStartArray();
        json.WriteNumberValue(code);
        JsonNumbers.Value(json, lower);
        JsonNumbers.Value(json, upper);
        JsonNumbers.Value(json, count);
        json.WriteEndArray();
    }

    private static IEnumerable<(int Index, double Count)> Buckets(BucketSpan[] spans, double[] counts)
    {
        var index = 0;
        var at = 0;
        foreach (var span in spans)
        {
            index += span.Offset;
            for (var i = 0; i < span.Length; i++, index++, at++)
            {
                if (counts[at] != 0)
                {
                    yield return (index, counts[at]);
                }
            }
        }
    }

    /// <summary>The upper bound of the bucket.</summary>
    private static double Bound(FloatHistogram histogram, int index)
    {
        if (histogram.Schema == FloatHistogram.CustomBucketsSchema)
        {
            return index < 0 ? double.NegativeInfinity : index < histogram.CustomValues.Length ? histogram.CustomValues[index] : double.PositiveInfinity;
        }

        if (histogram.Schema <= 0)
        {
            return Math.ScaleB(1, index << -histogram.Schema);
        }

        var exponent = index >> histogram.Schema;
        var fraction = index - (exponent << histogram.Schema);
        return Math.ScaleB(Math.Pow(2, (double)fraction / (1 << histogram.Schema)), exponent);
    }
}
