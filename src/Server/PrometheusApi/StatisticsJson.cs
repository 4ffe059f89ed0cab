using System.Text.Json;
using Tallygate.PromQL;

namespace Tallygate.Server.PrometheusApi;

/// <summary>What a query cost, as the API and the query log tell it. Times are seconds.</summary>
internal static class StatisticsJson
{
    /// <param name="queue">How long the query waited for its turn.</param>
    /// <param name="total">The time from its coming to its answer.</param>
    public static void Write(Utf8JsonWriter json, QueryStatistics statistics, TimeSpan queue, TimeSpan total)
    {
        json.WriteStartObject();
        json.WriteStartObject("timings"u8);
        json.WriteNumber("evalTotalTime"u8, (statistics.Preparation + statistics.Evaluation).TotalSeconds);
        json.WriteNumber("resultSortTime"u8, 0);
        json.WriteNumber("queryPreparationTime"u8, statistics.Preparation.TotalSeconds);
        json.WriteNumber("innerEvalTime"u8, statistics.Evaluation.TotalSeconds);
        json.WriteNumber("execQueueTime"u8, queue.TotalSeconds);
        json.WriteNumber("execTotalTime"u8, total.TotalSeconds);
        json.WriteEndObject();
        json.WriteStartObject("samples"u8);
        json.WriteNumber("totalQueryableSamples"u8, statistics.SamplesLookedAt);
        json.WriteNumber("samplesRead"u8, statistics.SamplesRead);
        json.WriteNumber("peakSamples"u8, statistics.PeakSamples);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
