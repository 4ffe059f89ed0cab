using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>The Pushgateway's query API, <c>/api/v1/status</c> and <c>/api/v1/metrics</c>, and the wipe. Thread-safe.</summary>
internal sealed class PushgatewayV1Endpoints
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly HashSet<string> PushgatewayFlags =
    [
        "log.format", "log.level", "persistence.file", "persistence.interval", "push.disable-consistency-check", "push.enable-utf8-names",
        "web.config.file", "web.enable-admin-api", "web.enable-lifecycle", "web.external-url", "web.listen-address", "web.route-prefix",
        "web.systemd-socket", "web.telemetry-path",
    ];

    private readonly PushGateway _gateway;
    private readonly ServerOptions _options;
    private readonly RequestCounters _counters;
    private readonly TimeZoneInfo _zone;
    private readonly DateTimeOffset _started;

    /// <param name="zone">The zone in which times are told: as in the original, that of the machine.</param>
    public PushgatewayV1Endpoints(PushGateway gateway, ServerOptions options, RequestCounters counters, TimeZoneInfo zone, DateTimeOffset started)
    {
        _zone = zone;
        _gateway = gateway;
        _options = options;
        _counters = counters;
        _started = started;
    }

    /// <summary>GET <c>/api/v1/status</c></summary>
    public Task StatusAsync(HttpContext context, RequestPath path)
    {
        _counters.Count(200, "api/v1/status", "get");
        return WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("build_information"u8);
            json.WriteString("branch"u8, "tallygate-" + BuildInfo.Version);
            json.WriteString("buildDate"u8, "");
            json.WriteString("buildUser"u8, "");
            json.WriteString("goVersion"u8, BuildInfo.Runtime);
            json.WriteString("revision"u8, BuildInfo.Revision);
            json.WriteString("version"u8, BuildInfo.PushgatewayVersion);
            json.WriteEndObject();
            json.WriteStartObject("flags"u8);
            foreach (var (name, value) in FlagTable.Describe(_options))
            {
                if (PushgatewayFlags.Contains(name))
                {
                    json.WriteString(name, value);
                }
            }

            json.WriteEndObject();
            json.WriteString("start_time"u8, Rfc3339.FromNano((_started - DateTimeOffset.UnixEpoch).Ticks * 100, _zone));
            json.WriteEndObject();
        });
    }

    /// <summary>GET <c>/api/v1/metrics</c></summary>
    public Task MetricsAsync(HttpContext context, RequestPath path)
    {
        _counters.Count(200, "api/v1/metrics", "get");
        return WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var group in _gateway.Groups.Sorted())
            {
                GroupJson.Write(json, group, _zone);
            }

            json.WriteEndArray();
        });
    }

    /// <summary>OPTIONS of the two.</summary>
    public Task OptionsAsync(HttpContext context, RequestPath path)
    {
        _counters.Count(200, "api/v1/options", "options");
        Headers(context);
        return Answers.Empty(context, 200);
    }

    /// <summary>PUT <c>/api/v1/admin/wipe</c></summary>
    public async Task WipeAsync(HttpContext context, RequestPath path)
    {
        var outcome = await _gateway.WipeAsync(cancellationToken: CancellationToken.None);
        _counters.Count(outcome.Status, "wipe", "put");
        await (outcome.Error is null ? Answers.Empty(context, outcome.Status) : Answers.ErrorAsync(context, outcome.Status, outcome.Error));
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> data)
    {
        Headers(context);
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Plain))
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "success"u8);
            json.WritePropertyName("data"u8);
            data(json);
            json.WriteEndObject();
            json.Flush();
        }

        await context.Response.BodyWriter.FlushAsync();
    }

    private static void Headers(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Date";
        headers.CacheControl = "no-cache, no-store, must-revalidate";
    }
}
