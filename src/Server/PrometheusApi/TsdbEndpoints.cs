using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.PushLog;
using Tallygate.Server.Http;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>status/tsdb</c>, <c>status/walreplay</c> and <c>admin/tsdb/…</c>, over all databases. Thread-safe.</summary>
internal sealed class TsdbEndpoints
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 10_000;
    private readonly IReadOnlyList<Database> _databases;
    private readonly IDeletableStorage _samples;
    private readonly PushGateway _gateway;
    private readonly Func<bool, string> _copy;

    /// <param name="databases">Those that are looked at.</param>
    /// <param name="samples">What is deleted from at once.</param>
    /// <param name="gateway">Deletes from the pushed series.</param>
    /// <param name="copy">Copies everything, with heads or without; says under which name.</param>
    public TsdbEndpoints(IReadOnlyList<Database> databases, IDeletableStorage samples, PushGateway gateway, Func<bool, string> copy)
    {
        _databases = databases;
        _samples = samples;
        _gateway = gateway;
        _copy = copy;
    }

    /// <summary><c>/api/v1/status/walreplay</c>: once anything is answered, the replay is over.</summary>
    public static Task<ApiAnswer> WalReplayAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("min"u8, 0);
        json.WriteNumber("max"u8, 0);
        json.WriteNumber("current"u8, 0);
        json.WriteEndObject();
    }));

    /// <summary><c>/api/v1/status/tsdb</c></summary>
    public Task<ApiAnswer> StatusAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var limit = DefaultLimit;
        if (parameters["limit"] is { Length: > 0 } text && (!int.TryParse(text, out limit) || limit < 1))
        {
            throw new ApiException(ApiError.BadData("limit must be a positive number"));
        }

        if (limit > MaxLimit)
        {
            throw new ApiException(ApiError.BadData($"limit must not exceed {MaxLimit}"));
        }

        var heads = _databases.Select(static d => d.Statistics()).ToList();
        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("headStats"u8);
            json.WriteNumber("numSeries"u8, heads.Sum(static h => h.Series));
            json.WriteNumber("numLabelPairs"u8, heads.SelectMany(static h => h.SeriesByPair.Keys).Distinct().Count());
            json.WriteNumber("chunkCount"u8, heads.Sum(static h => h.Chunks));
            json.WriteNumber("minTime"u8, heads.Min(static h => h.MinTime));
            json.WriteNumber("maxTime"u8, heads.Max(static h => h.MaxTime));
            json.WriteEndObject();
            Top(json, "seriesCountByMetricName"u8, heads.Select(static h => h.SeriesByMetric), limit);
            Top(json, "labelValueCountByLabelName"u8, heads.Select(static h => h.ValuesByLabel), limit);
            Top(json, "memoryInBytesByLabelName"u8, heads.Select(static h => h.BytesByLabel), limit);
            Top(json, "seriesCountByLabelValuePair"u8, heads.Select(static h => h.SeriesByPair), limit);
            json.WriteEndObject();
        }));
    }

    /// <summary><c>/api/v1/admin/tsdb/delete_series</c></summary>
    public async Task DeleteSeriesAsync(HttpContext context, RequestPath path)
    {
        try
        {
            var parameters = await ApiParameters.ReadAsync(context);
            var sets = SeriesEndpoints.Matchers(parameters);
            if (sets.Count == 0)
            {
                throw new ApiException(ApiError.BadData("no match[] parameter provided"));
            }

            var (start, end) = (parameters.Time("start", ApiParameters.MinTime), parameters.Time("end", ApiParameters.MaxTime));
            foreach (var matchers in sets)
            {
                _samples.Delete(start, end, matchers);
            }

            var client = new PushClient(context.Connection.RemoteIpAddress?.ToString() ?? "", context.Request.Headers.UserAgent.ToString());
            var forgotten = await _gateway.ForgetAsync(start, end, sets, client);
            if (!forgotten.IsSuccess)
            {
                throw new ApiException(ApiError.Unavailable(forgotten.Error ?? ""));
            }

            await Answers.Empty(context, 204);
        }
        catch (ApiException refused)
        {
            await ApiFront.RefuseAsync(context, refused.Error);
        }
    }

    /// <summary><c>/api/v1/admin/tsdb/clean_tombstones</c></summary>
    public async Task CleanTombstonesAsync(HttpContext context, RequestPath path)
    {
        foreach (var database in _databases)
        {
            database.CleanTombstones();
        }

        await Answers.Empty(context, 204);
    }

    /// <summary><c>/api/v1/admin/tsdb/snapshot</c></summary>
    public Task<ApiAnswer> SnapshotAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var withHead = parameters["skip_head"] switch
        {
            "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => true,
            "1" or "t" or "T" or "true" or "TRUE" or "True" => false,
            var other => throw new ApiException(ApiError.Parameter(
                "skip_head", $"unable to parse boolean: strconv.ParseBool: parsing {Model.GoQuote.Quote(other)}: invalid syntax")),
        };
        var name = _copy(withHead);
        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }));
    }

    private static void Top(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<IReadOnlyDictionary<string, long>> counts, int limit)
    {
        var sums = new Dictionary<string, long>();
        foreach (var (key, count) in counts.SelectMany(static c => c))
        {
            sums[key] = sums.GetValueOrDefault(key) + count;
        }

        json.WriteStartArray(name);
        foreach (var (key, count) in sums.OrderByDescending(static s => s.Value).ThenBy(static s => s.Key, StringComparer.Ordinal).Take(limit))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, key);
            json.WriteNumber("value"u8, count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
