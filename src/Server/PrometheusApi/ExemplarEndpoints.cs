using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;
using Tallygate.Server.Http;
using Tallygate.Tsdb;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>query_exemplars</c>: the exemplars of the series that a query selects, whatever it does with them. Thread-safe.</summary>
internal sealed class ExemplarEndpoints
{
    private readonly Database _samples;
    private readonly QueryThreads _threads;

    public ExemplarEndpoints(Database samples, QueryThreads threads)
    {
        _samples = samples;
        _threads = threads;
    }

    /// <summary><c>/api/v1/query_exemplars</c></summary>
    public Task<ApiAnswer> ExemplarsAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var start = parameters.Time("start", ApiParameters.MinTime);
        var end = parameters.Time("end", ApiParameters.MaxTime);
        if (end < start)
        {
            throw new ApiException(ApiError.BadData("end timestamp must not be before start timestamp"));
        }

        if (!Parser.TryParseExpr(parameters["query"], null, out var expr, out var errors))
        {
            throw new ApiException(ApiError.BadData(errors[0].ToString()));
        }

        var selectors = new List<IReadOnlyList<LabelMatcher>>();
        Collect(expr, selectors);
        return selectors.Count == 0
            ? Task.FromResult(ApiAnswer.WithoutData)
            : _threads.RunAsync(() => Answer(_samples.SelectExemplars(start, end, selectors)));
    }

    private static void Collect(Expr expr, List<IReadOnlyList<LabelMatcher>> selectors)
    {
        if (expr is VectorSelector selector)
        {
            selectors.Add(selector.Matchers);
        }

        foreach (var child in expr.Children)
        {
            Collect(child, selectors);
        }
    }

    private static ApiAnswer Answer(IReadOnlyList<ExemplarSeries> found) => ApiAnswer.Of(json =>
    {
        json.WriteStartArray();
        foreach (var series in found)
        {
            json.WriteStartObject();
            json.WritePropertyName("seriesLabels"u8);
            LabelJson.Write(json, series.Series);
            json.WriteStartArray("exemplars"u8);
            foreach (var exemplar in series.Exemplars)
            {
                Write(json, exemplar);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, in StoredExemplar exemplar)
    {
        json.WriteStartObject();
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, exemplar.Labels);
        json.WritePropertyName("value"u8);
        JsonNumbers.Value(json, exemplar.Value);
        json.WritePropertyName("timestamp"u8);
        JsonNumbers.Time(json, exemplar.Time);
        json.WriteEndObject();
    }
}
