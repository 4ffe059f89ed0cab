using System.Text.Json;
using Tallygate.PromQL.Values;

namespace Tallygate.Server.PrometheusApi;

/// <summary>The value of a query as JSON, streamed series by series.</summary>
internal static class QueryResultWriter
{
    // What a client has to wait for at least; smaller pieces would cost more to send than to write.
    private const int Piece = 64 * 1024;

    // So many points come to about a piece.
    private const int PointsOfPiece = 2048;

    /// <summary>Writes <c>{"resultType":…,"result":…}</c>.</summary>
    /// <param name="aborted">Tells that the asker has left; what is not written yet never will be.</param>
    /// <param name="writeStatistics">Writes the value of <c>stats</c>; null: there is none.</param>
    /// <exception cref="OperationCanceledException">The asker has left.</exception>
    public static async ValueTask WriteAsync(
        Utf8JsonWriter json, QueryValue value, Func<ValueTask> flush, CancellationToken aborted, Action? writeStatistics = null)
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
                        aborted.ThrowIfCancellationRequested();
                        await flush();
                    }
                }

                json.WriteEndArray();
                break;
            case Matrix matrix:
                json.WriteStartArray();
                foreach (var series in matrix.Series)
                {
                    await SeriesAsync(json, points, series, flush, aborted);
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

    private static async ValueTask SeriesAsync(
        Utf8JsonWriter json, PointText points, MatrixSeries series, Func<ValueTask> flush, CancellationToken aborted)
    {
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        LabelJson.Write(json, series.Labels);
        if (series.Floats.Count > 0)
        {
            json.WriteStartArray("values"u8);
            for (var at = 0; at < series.Floats.Count; at += PointsOfPiece)
            {
                points.Write(json, series.Floats, at, Math.Min(PointsOfPiece, series.Floats.Count - at));
                if (json.BytesPending > Piece)
                {
                    aborted.ThrowIfCancellationRequested();
                    await flush();
                }
            }

            json.WriteEndArray();
        }

        if (series.Histograms.Count > 0)
        {
            json.WriteStartArray("histograms"u8);
            foreach (var point in series.Histograms)
            {
                Point(json, point);
                if (json.BytesPending > Piece)
                {
                    aborted.ThrowIfCancellationRequested();
                    await flush();
                }
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
