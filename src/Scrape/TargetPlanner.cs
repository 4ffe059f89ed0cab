using System.Text;
using Tallygate.Model;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Scrape;

/// <summary>Makes targets of addresses and labels: defaults, relabeling, and what the magic labels then say.</summary>
internal static class TargetPlanner
{
    private const string Address = "__address__";
    private const string Scheme = "__scheme__";
    private const string MetricsPath = "__metrics_path__";
    private const string Interval = "__scrape_interval__";
    private const string Timeout = "__scrape_timeout__";
    private const string ParamPrefix = "__param_";

    /// <summary>The labels of one address before relabeling.</summary>
    public static Labels Discover(ScrapeDefinition definition, string address, Labels labels)
    {
        var discovered = new LabelsBuilder(labels).Set(Address, address);
        SetDefault(discovered, "job", definition.JobName);
        SetDefault(discovered, Interval, PromDuration.Format((long)definition.Interval.TotalMilliseconds));
        SetDefault(discovered, Timeout, PromDuration.Format((long)definition.Timeout.TotalMilliseconds));
        SetDefault(discovered, MetricsPath, definition.MetricsPath);
        SetDefault(discovered, Scheme, definition.Scheme);
        foreach (var parameter in definition.Params)
        {
            // Only the first value of a name is shown; SetDefault keeps it.
            SetDefault(discovered, ParamPrefix + parameter.Key, parameter.Value);
        }

        return discovered.ToLabels();
    }

    /// <summary>Relabels; null and no problem where the target is dropped, null and a problem where its labels make no target.</summary>
    public static TargetPlan? Plan(ScrapeDefinition definition, Relabeler relabeler, Labels discovered, out string? problem)
    {
        problem = null;
        var labels = new LabelsBuilder(discovered);
        if (!relabeler.Apply(labels))
        {
            return null;
        }

        if (labels.Get(Address).Length == 0)
        {
            problem = "no address";
            return null;
        }

        if (!TryDuration(labels.Get(Interval), "scrape interval", out var interval, out problem)
            || !TryDuration(labels.Get(Timeout), "scrape timeout", out var timeout, out problem))
        {
            return null;
        }

        if (timeout > interval)
        {
            problem = $"scrape timeout cannot be greater than scrape interval (\"{labels.Get(Timeout)}\" > \"{labels.Get(Interval)}\")";
            return null;
        }

        if (!Uri.TryCreate(UrlText(definition, labels), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            problem = $"{GoQuote.Quote(labels.Get(Address))} is not a valid hostname";
            return null;
        }

        SetDefault(labels, "instance", labels.Get(Address));
        return new TargetPlan(discovered, Shown(labels.ToLabels()), url, interval, timeout);
    }

    private static string UrlText(ScrapeDefinition definition, LabelsBuilder labels)
    {
        var text = new StringBuilder($"{labels.Get(Scheme)}://{labels.Get(Address)}");
        var path = labels.Get(MetricsPath);
        text.Append(path.StartsWith('/') ? path : '/' + path);
        var parameters = new List<KeyValuePair<string, string>>();
        var seen = new HashSet<string>();
        foreach (ref readonly var label in labels.ToLabels().AsSpan())
        {
            // A label gives the first value of its parameter; the configuration's further values follow.
            if (label.Name.StartsWith(ParamPrefix, StringComparison.Ordinal))
            {
                var name = label.Name[ParamPrefix.Length..];
                seen.Add(name);
                parameters.Add(new(name, label.Value));
                parameters.AddRange(definition.Params.Where(p => p.Key == name).Skip(1));
            }
        }

        // A parameter whose label relabeling took away keeps its values, as upstream keeps them.
        parameters.AddRange(definition.Params.Where(p => !seen.Contains(p.Key)));
        for (var i = 0; i < parameters.Count; i++)
        {
            text.Append(i == 0 && !path.Contains('?') ? '?' : '&');
            text.Append(Uri.EscapeDataString(parameters[i].Key)).Append('=').Append(Uri.EscapeDataString(parameters[i].Value));
        }

        return text.ToString();
    }

    private static bool TryDuration(string text, string what, out TimeSpan duration, out string? problem)
    {
        var parsed = PromDuration.TryParse(text, out var milliseconds, out var error);
        duration = TimeSpan.FromMilliseconds(parsed ? milliseconds : 0);
        problem = !parsed ? $"error parsing {what}: {error}" : milliseconds == 0 ? $"{what} cannot be 0" : null;
        return problem is null;
    }

    private static Labels Shown(Labels labels)
    {
        var shown = new LabelsBuilder(labels.WithoutEmpty());
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (label.Name.StartsWith("__", StringComparison.Ordinal))
            {
                shown.Remove(label.Name);
            }
        }

        return shown.ToLabels();
    }

    private static void SetDefault(LabelsBuilder labels, string name, string value)
    {
        if (labels.Get(name).Length == 0)
        {
            labels.Set(name, value);
        }
    }
}
