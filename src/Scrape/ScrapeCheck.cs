using Tallygate.Model;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>What Prometheus demands of scrape configurations beside the shape of the file. Stateless and thread-safe.</summary>
public static class ScrapeCheck
{
    /// <summary>All that is wrong with the configurations, in their order; empty where they can be loaded.</summary>
    public static IReadOnlyList<ScrapeProblem> Problems(IReadOnlyList<ScrapeDefinition> definitions)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        var problems = new List<ScrapeProblem>();
        var jobs = new HashSet<string>();
        foreach (var definition in definitions)
        {
            void Add(string field, string message) => problems.Add(new ScrapeProblem(definition.JobName, field, message));
            if (definition.JobName.Length == 0)
            {
                Add("job_name", "job_name is empty");
            }
            else if (!jobs.Add(definition.JobName))
            {
                Add("job_name", $"found multiple scrape configs with job name {GoQuote.Quote(definition.JobName)}");
            }

            if (definition.Interval < TimeSpan.FromMilliseconds(1))
            {
                Add("scrape_interval", "scrape_interval must be at least 1ms");
            }

            if (definition.Timeout > definition.Interval)
            {
                Add(
                    "scrape_timeout",
                    $"scrape timeout greater than scrape interval for scrape config with job name {GoQuote.Quote(definition.JobName)}");
            }

            if (ScrapeProtocols.Problem(definition.Protocols) is { } protocols)
            {
                Add("scrape_protocols", protocols);
            }

            if (definition.FallbackProtocol is { } fallback && ScrapeProtocols.Problem(fallback) is { } unknown)
            {
                Add(
                    "fallback_scrape_protocol",
                    $"invalid fallback_scrape_protocol for scrape config with job name {GoQuote.Quote(definition.JobName)}: {unknown}");
            }

            if (definition.Scheme is not ("http" or "https"))
            {
                Add("scheme", $"scheme must be http or https, not {GoQuote.Quote(definition.Scheme)}");
            }

            CheckRelabeling("relabel_configs", definition.RelabelConfigs, Add);
            CheckRelabeling("metric_relabel_configs", definition.MetricRelabelConfigs, Add);
            foreach (var address in definition.StaticTargets.SelectMany(static t => t.Addresses))
            {
                if (address.Contains('/'))
                {
                    Add("static_configs", $"{GoQuote.Quote(address)} is not a valid hostname");
                }
            }
        }

        return problems;
    }

    private static void CheckRelabeling(string field, IReadOnlyList<RelabelConfig> configs, Action<string, string> add)
    {
        if (!Relabeler.TryCreate(configs, out _, out var step, out var problem))
        {
            add(field, $"step {step + 1}: {problem}");
        }
    }
}
