using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Scrape;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PrometheusApi;

/// <summary>
/// <c>metadata</c> and <c>targets/metadata</c>: types and help texts of what is pushed, scraped and written remotely, and of the program's
/// own. Thread-safe.
/// </summary>
internal sealed class MetadataEndpoints
{
    private readonly PushGateway _gateway;
    private readonly ScrapeManager _scrapes;
    private readonly SelfMetrics _own;
    private readonly Func<SamplerOptions?> _sampling;
    private readonly Func<IReadOnlyList<FamilyDescription>> _kept;

    /// <param name="sampling">The in-process sampling; null where it is off.</param>
    /// <param name="kept">What remote write has brought, and what the store keeps of targets of before.</param>
    public MetadataEndpoints(
        PushGateway gateway,
        ScrapeManager scrapes,
        SelfMetrics own,
        Func<SamplerOptions?> sampling,
        Func<IReadOnlyList<FamilyDescription>> kept)
    {
        _gateway = gateway;
        _scrapes = scrapes;
        _own = own;
        _sampling = sampling;
        _kept = kept;
    }

    /// <summary><c>/api/v1/metadata</c></summary>
    public Task<ApiAnswer> MetadataAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var wanted = parameters["metric"];
        var limit = Limit(parameters, "limit");
        var perMetric = Limit(parameters, "limit_per_metric");
        var found = new SortedDictionary<string, HashSet<Entry>>(Utf8Order.Instance);
        foreach (var (name, entry) in All())
        {
            if (wanted.Length > 0 && name != wanted)
            {
                continue;
            }

            if (!found.TryGetValue(name, out var entries))
            {
                found.Add(name, entries = []);
            }

            entries.Add(entry);
        }

        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartObject();
            foreach (var (name, entries) in limit < 0 ? found : found.Take(limit))
            {
                json.WriteStartArray(name);
                foreach (var entry in perMetric > 0 ? entries.Take(perMetric) : entries)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, entry.Type);
                    json.WriteString("help"u8, entry.Help);
                    json.WriteString("unit"u8, entry.Unit);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }));
    }

    /// <summary><c>/api/v1/targets/metadata</c></summary>
    public Task<ApiAnswer> OfTargetsAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var limit = Limit(parameters, "limit");
        var metric = parameters["metric"];
        var match = parameters["match_target"];
        IReadOnlyList<LabelMatcher>? matchers = null;
        if (match.Length > 0 && !Parser.TryParseMatchers(match, out matchers, out var errors))
        {
            throw new ApiException(ApiError.Parameter("match_target", errors[0].ToString()));
        }

        // The limit is looked at between targets, as upstream does: the last one is shown whole.
        var shown = new List<(Labels Target, IReadOnlyList<FamilyDescription> Families)>();
        var count = 0;
        foreach (var (target, families) in Targets().Where(t => matchers?.All(m => m.Matches(t.Target)) != false))
        {
            if (limit >= 0 && count >= limit)
            {
                break;
            }

            FamilyDescription[] wanted = [.. families.Where(f => metric.Length == 0 || f.Family == metric)];
            shown.Add((target, wanted));
            count += wanted.Length;
        }

        return Task.FromResult(ApiAnswer.Of(json =>
        {
            json.WriteStartArray();
            foreach (var (target, families) in shown)
            {
                foreach (var family in families)
                {
                    Write(json, target, family, withName: metric.Length == 0);
                }
            }

            json.WriteEndArray();
        }));
    }

    private static void Write(Utf8JsonWriter json, Labels target, FamilyDescription family, bool withName)
    {
        json.WriteStartObject();
        json.WritePropertyName("target"u8);
        LabelJson.Write(json, target);
        if (withName)
        {
            json.WriteString("metric"u8, family.Family);
        }

        json.WriteString("type"u8, Word(family.Type));
        json.WriteString("help"u8, family.Help);
        json.WriteString("unit"u8, family.Unit);
        json.WriteEndObject();
    }

    private IEnumerable<(Labels Target, IReadOnlyList<FamilyDescription> Families)> Targets()
    {
        foreach (var (target, families) in _scrapes.Metadata)
        {
            yield return (target.Labels, families);
        }

        if (_sampling() is { } sampling)
        {
            // The first group that has a family says what it is, as it does on the page that is sampled.
            var families = new SortedDictionary<string, FamilyDescription>(Utf8Order.Instance);
            foreach (var family in Sampled())
            {
                families.TryAdd(family.Name, new FamilyDescription(family.Name, family.Type, family.Help ?? "", family.Unit ?? ""));
            }

            yield return (Labels.Of("instance", sampling.Instance, "job", sampling.Job), [.. families.Values]);
        }
    }

    /// <summary>A limit that is not set, or below zero, limits nothing.</summary>
    private static int Limit(ApiParameters parameters, string name) =>
        parameters[name] is not { Length: > 0 } text ? -1
            : int.TryParse(text, out var limit) ? limit : throw new ApiException(ApiError.BadData(name + " must be a number"));

    private IEnumerable<MetricFamily> Sampled() => _gateway.Groups.All()
        .SelectMany(static g => g.Families.Append(g.PushTime).Append(g.PushFailureTime).Select(static f => f.Family))
        .Concat(_own.Collect());

    private IEnumerable<(string Name, Entry Entry)> All()
    {
        foreach (var family in Sampled())
        {
            yield return (family.Name, Of(family));
        }

        foreach (var family in _scrapes.Metadata.SelectMany(t => t.Families).Concat(_kept()))
        {
            yield return (family.Family, new Entry(Word(family.Type), family.Help, family.Unit));
        }
    }

    private static Entry Of(MetricFamily family) => new(Word(family.Type), family.Help ?? "", family.Unit ?? "");

    private static string Word(MetricType type) => type switch
    {
        MetricType.Untyped => "unknown",
        _ => type.ToString().ToLowerInvariant(),
    };

    private readonly record struct Entry(string Type, string Help, string Unit);
}
