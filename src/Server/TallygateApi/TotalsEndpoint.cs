using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;

namespace Tallygate.Server.TallygateApi;

/// <summary><c>totals</c>: the running totals as they are, also those that still show 0 to scrapers. Thread-safe.</summary>
internal sealed class TotalsEndpoint(PushGateway gateway)
{
    public Task<ApiAnswer> TotalsAsync(HttpContext context, ApiParameters parameters, RequestPath path) =>
        Task.FromResult(ApiAnswer.Of(json => FamilyJson.Write(json, gateway.TrueTotals())));
}
