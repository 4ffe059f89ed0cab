using System.Text.Json;
using Tallygate.PromQL.Values;

namespace Tallygate.Server.PrometheusApi;

/// <summary>The value of a query as JSON, streamed series by series.</summary>
internal static class QueryResultWriter
{
    // What a client has to wait for at least; smaller pieces would cost more to send than to write.
    private const int Piece = 64 * 1024;

    /// <summary>Writes <c>{"resultType":…,"result":…}</c>.</summary>
    /// <param name="writeStatistics">Writes the value of <c>stats</c>; null: there is none.</param>
    public static async ValueTask WriteAsync(Utf8JsonWriter json, QueryValue value, Func<ValueTask> flush, Action? writeStatistics = null)
    {
        using var points = new PointText();
        json.WriteStartObject();
        json.WriteString("resultType"u8, value.TypeName);
        json.WritePropertyName("result"u8);
        switch (value)
        {
            case Scalar scalar:
                points.Write(json, scalar.Time, scalar.Value);
                break;
            case StringValue text:
                json.WriteStartArray();
                JsonNumbers.Time(json, text.Time);
                json.WriteStringValue(text.Text);
                json.WriteEndArray();
                break;
            case Vector vector:
                json.WriteStartArray();
                foreach (var sample in vector.Samples)
                {
                    Sample(json, points, sample);
                    if (json.BytesPending > Piece)
                    {
                        await flush();
                    }
                }

                json.WriteEndArray();
                break;
            case Matrix matrix:
                json.WriteStartArray();
                foreach (var series in matrix.Series)
                {
                    Series(json, points, series);
                    if (json.BytesPending > Piece)
                    {
                        await flush();
                    }
                }

                json.WriteEndArray();
                break;
        }

        if (writeStatistics is not null)
        {
            json.WritePropertyName("stats"u8);
            writeStatistics();
        }

        json.WriteEndObject();
    }

    private static void Sample(Utf8JsonWriter json, PointText points, VectorSample sample)
    {
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        LabelJson.Write(json, sample.Labels);
        if (sample.Histogram is null)
        {
            json.WritePropertyName("value"u8);
            points.Write(json, sample.Time, sample.Value);
        }
        else
        {
            json.WritePropertyName("histogram"u8);
            Point(json, new HPoint(sample.Time, sample.Histogram));
        }

        json.WriteEndObject();
    }

    private static void Series(Utf8JsonWriter json, PointText points, MatrixSeries series)
    {
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        LabelJson.Write(json, series.Labels);
        if (series.Floats.Count > 0)
        {
            json.WritePropertyName("values"u8);
            points.Write(json, series.Floats);
        }

        if (series.Histograms.Count > 0)
        {
            json.WriteStartArray("histograms"u8);
            foreach (var point in series.Histograms)
            {
                Point(json, point);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Point(Utf8JsonWriter json, HPoint point)
    {
        json.WriteStartArray();
        JsonNumbers.Time(json, point.Time);
        HistogramJson.Write(json, point.Histogram);
        json.WriteEndArray();
    }
}
