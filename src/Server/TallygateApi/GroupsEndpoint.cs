using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Gateway.Expiry;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.PushgatewayApi;

namespace Tallygate.Server.TallygateApi;

/// <summary><c>groups</c>: the groups by selector and age, and how they are deleted. Thread-safe.</summary>
internal sealed class GroupsEndpoint(PushGateway gateway, Func<GatewaySettings> settings, PushClients clients, TimeProvider time)
{
    /// <summary>GET: the groups that match.</summary>
    public Task<ApiAnswer> ListAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var goes = Filter(parameters, out _);
        return Task.FromResult(List(gateway.Groups.Sorted().Where(g => goes(g))));
    }

    /// <summary>DELETE: the groups that match go, all in one commit; with <c>dry_run=1</c> they are only told.</summary>
    public async Task<ApiAnswer> DeleteAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var goes = Filter(parameters, out var isBound);
        if (!isBound)
        {
            throw new ApiException(ApiError.BadData("say which groups: match[] or older_than"));
        }

        var dry = parameters["dry_run"];
        if (dry is not ("" or "0" or "1" or "true" or "false"))
        {
            throw new ApiException(ApiError.Parameter("dry_run", "it is 1 or 0"));
        }

        if (dry is "1" or "true")
        {
            return List(gateway.Groups.Sorted().Where(g => goes(g)));
        }

        var (outcome, gone) = await gateway.DeleteAsync(goes, clients.Of(context), CancellationToken.None);
        return outcome.IsSuccess
            ? ApiAnswer.Of(json =>
            {
                json.WriteStartArray();
                foreach (var labels in gone)
                {
                    json.WriteStartObject();
                    json.WritePropertyName("labels"u8);
                    LabelJson.Write(json, labels);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            })
            : throw new ApiException(new ApiError(outcome.Status, "unavailable", outcome.Error ?? ""));
    }

    private ApiAnswer List(IEnumerable<MetricGroup> groups) => ApiAnswer.Of(json =>
    {
        var current = settings();
        json.WriteStartArray();
        foreach (var group in groups)
        {
            Write(json, group, current);
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, MetricGroup group, GatewaySettings settings)
    {
        json.WriteStartObject();
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, group.Key);
        json.WriteBoolean("last_push_successful"u8, group.LastPushSuccessful);
        Time(json, "last_push"u8, group.LastPushUnixNano);
        Time(json, "last_failure"u8, group.LastFailureUnixNano);
        json.WriteNumber("families"u8, group.Families.Count);
        json.WriteNumber("metrics"u8, group.Families.Sum(static f => f.Family.Metrics.Count));
        if (GroupLife.EndUnixNano(group, settings) is { } end)
        {
            Time(json, "expires"u8, end);
        }

        if (group.ExpiredUnixNano > 0)
        {
            Time(json, "expired"u8, group.ExpiredUnixNano);
        }

        json.WriteEndObject();
    }

    /// <summary>A time; null for never.</summary>
    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, long unixNano)
    {
        if (unixNano == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, Rfc3339.FromNano(unixNano));
        }
    }

    private Predicate<MetricGroup> Filter(ApiParameters parameters, out bool isBound)
    {
        var selectors = SeriesEndpoints.Matchers(parameters);
        if (selectors.SelectMany(static s => s).Any(static m => m.Name == Labels.MetricName))
        {
            throw new ApiException(ApiError.Parameter("match[]", "a group is picked by its labels and has no name: {job=\"nightly\"}"));
        }

        var age = parameters.Duration("older_than");
        if (age < TimeSpan.Zero)
        {
            throw new ApiException(ApiError.Parameter("older_than", "it must not be negative"));
        }

        isBound = selectors.Count > 0 || age is not null;
        var before = age is null ? long.MaxValue : (time.GetUtcNow() - DateTimeOffset.UnixEpoch - age.Value).Ticks * TimeSpan.NanosecondsPerTick;
        return group => (selectors.Count == 0 || selectors.Exists(s => s.All(m => m.Matches(group.Key))))
            && (age is null || (group.LastPushUnixNano == 0 ? group.LastFailureUnixNano : group.LastPushUnixNano) < before);
    }
}
