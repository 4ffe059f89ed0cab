using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.Scrape;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>targets</c>: what is scraped, and the gateway's own view where it is sampled. Thread-safe.</summary>
internal sealed class TargetEndpoints
{
    private readonly ScrapeManager _scrapes;
    private readonly Func<(GatewaySampler Sampler, SamplerOptions Options)?> _sampling;

    /// <param name="sampling">The in-process sampling; null where it is off.</param>
    public TargetEndpoints(ScrapeManager scrapes, Func<(GatewaySampler Sampler, SamplerOptions Options)?> sampling)
    {
        _scrapes = scrapes;
        _sampling = sampling;
    }

    /// <summary><c>/api/v1/targets</c></summary>
    public Task<ApiAnswer> TargetsAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var state = parameters["state"].ToLowerInvariant();
        var pool = parameters["scrapePool"];
        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("activeTargets"u8);
            if (state != "dropped")
            {
                foreach (var target in _scrapes.Targets.Where(t => pool.Length == 0 || t.ScrapePool == pool))
                {
                    Target(json, target);
                }

                if (_sampling() is { } sampling && (pool.Length == 0 || pool == sampling.Options.Job))
                {
                    Sampling(json, sampling.Sampler, sampling.Options);
                }
            }

            json.WriteEndArray();
            json.WriteStartArray("droppedTargets"u8);
            var dropped = _scrapes.Dropped.Where(t => pool.Length == 0 || t.ScrapePool == pool).ToList();
            foreach (var target in state == "active" ? [] : dropped)
            {
                json.WriteStartObject();
                json.WritePropertyName("discoveredLabels"u8);
                LabelJson.Write(json, target.DiscoveredLabels);
                json.WriteString("scrapePool"u8, target.ScrapePool);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("droppedTargetCounts"u8);
            foreach (var job in _scrapes.Targets.Select(t => t.ScrapePool).Concat(dropped.Select(t => t.ScrapePool)).Distinct())
            {
                json.WriteNumber(job, dropped.Count(t => t.ScrapePool == job));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private static void Target(Utf8JsonWriter json, TargetStatus target)
    {
        json.WriteStartObject();
        json.WritePropertyName("discoveredLabels"u8);
        LabelJson.Write(json, target.DiscoveredLabels);
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, target.Labels);
        json.WriteString("scrapePool"u8, target.ScrapePool);
        json.WriteString("scrapeUrl"u8, target.ScrapeUrl.ToString());
        json.WriteString("globalUrl"u8, target.ScrapeUrl.ToString());
        json.WriteString("lastError"u8, target.LastError);
        json.WriteString("lastScrape"u8, target.LastScrape is { } last ? Rfc3339.FromMs(last) : Rfc3339.Never);
        json.WritePropertyName("lastScrapeDuration"u8);
        JsonNumbers.Seconds(json, target.LastScrapeDuration);
        json.WriteString("health"u8, target.Health switch { TargetHealth.Up => "up", TargetHealth.Down => "down", _ => "unknown" });
        json.WriteString("scrapeInterval"u8, DurationText.Format(target.Interval));
        json.WriteString("scrapeTimeout"u8, DurationText.Format(target.Timeout));
        json.WriteEndObject();
    }

    private static void Sampling(Utf8JsonWriter json, GatewaySampler sampler, SamplerOptions options)
    {
        json.WriteStartObject();
        json.WritePropertyName("discoveredLabels"u8);
        LabelJson.Write(json, Labels.Of("__address__", options.Instance, "job", options.Job));
        json.WritePropertyName("labels"u8);
        LabelJson.Write(json, Labels.Of("instance", options.Instance, "job", options.Job));
        json.WriteString("scrapePool"u8, options.Job);
        json.WriteString("scrapeUrl"u8, "");
        json.WriteString("globalUrl"u8, "");
        json.WriteString("lastError"u8, "");
        json.WriteString("lastScrape"u8, sampler.Last is { } last ? Rfc3339.FromMs(last.Time) : Rfc3339.Never);
        json.WriteNumber("lastScrapeDuration"u8, sampler.Last?.DurationSeconds ?? 0);
        json.WriteString("health"u8, sampler.Last is null ? "unknown" : "up");
        json.WriteString("scrapeInterval"u8, DurationText.Format(TimeSpan.FromMilliseconds(options.IntervalMs)));
        json.WriteString("scrapeTimeout"u8, DurationText.Format(TimeSpan.FromMilliseconds(options.IntervalMs)));
        json.WriteEndObject();
    }
}
