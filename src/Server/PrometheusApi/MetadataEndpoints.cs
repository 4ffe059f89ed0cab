using Microsoft.AspNetCore.Http;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.Scrape;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>metadata</c>: types and help texts of what is pushed, of what is scraped, and of the program's own. Thread-safe.</summary>
internal sealed class MetadataEndpoints
{
    private readonly PushGateway _gateway;
    private readonly ScrapeManager _scrapes;
    private readonly SelfMetrics _own;

    public MetadataEndpoints(PushGateway gateway, ScrapeManager scrapes, SelfMetrics own)
    {
        _gateway = gateway;
        _scrapes = scrapes;
        _own = own;
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

    /// <summary>A limit that is not set, or below zero, limits nothing.</summary>
    private static int Limit(ApiParameters parameters, string name) =>
        parameters[name] is not { Length: > 0 } text ? -1
            : int.TryParse(text, out var limit) ? limit : throw new ApiException(ApiError.BadData(name + " must be a number"));

    private IEnumerable<(string Name, Entry Entry)> All()
    {
        foreach (var group in _gateway.Groups.All())
        {
            foreach (var family in group.Families.Append(group.PushTime).Append(group.PushFailureTime).Select(f => f.Family))
            {
                yield return (family.Name, Of(family));
            }
        }

        foreach (var family in _own.Collect())
        {
            yield return (family.Name, Of(family));
        }

        foreach (var family in _scrapes.Metadata.SelectMany(t => t.Families))
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
