using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.PushgatewayApi;

namespace Tallygate.Server.TallygateApi;

/// <summary><c>totals</c>: the running totals as they are, also those that still show 0 to scrapers. Thread-safe.</summary>
internal sealed class TotalsEndpoint(PushGateway gateway)
{
    public Task<ApiAnswer> TotalsAsync(HttpContext context, ApiParameters parameters, RequestPath path) => Task.FromResult(ApiAnswer.Of(json =>
    {
        json.WriteStartArray();
        foreach (var family in gateway.TrueTotals())
        {
            json.WriteStartObject();
            json.WriteString("name"u8, family.Name);
            json.WriteString("type"u8, family.Type.ToString().ToLowerInvariant());
            json.WriteStartArray("metrics"u8);
            foreach (var metric in family.Metrics)
            {
                GroupJson.Metric(json, metric);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));
}
