using System.Text.Json;
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
        var isOpen = false;
        foreach (var bucket in histogram.EnumerateAll())
        {
            if (bucket.Count == 0)
            {
                continue;
            }

            if (!isOpen)
            {
                json.WriteStartArray("buckets"u8);
                isOpen = true;
            }

            Bucket(json, bucket);
        }

        if (isOpen)
        {
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // The first number says which bounds belong to the bucket: 0 the upper, 1 the lower, 2 none, 3 both.
    private static void Bucket(Utf8JsonWriter json, in HistogramBucket bucket)
    {
        json.WriteStartArray();
        json.WriteNumberValue(bucket.LowerInclusive ? (bucket.UpperInclusive ? 3 : 1) : (bucket.UpperInclusive ? 0 : 2));
        JsonNumbers.Value(json, bucket.Lower);
        JsonNumbers.Value(json, bucket.Upper);
        JsonNumbers.Value(json, bucket.Count);
        json.WriteEndArray();
    }
}
