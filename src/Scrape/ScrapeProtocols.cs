using System.Globalization;
using System.Text;

namespace Tallygate.Scrape;

/// <summary>The words of <c>scrape_protocols</c>, and what is asked for by them. Stateless and thread-safe.</summary>
public static class ScrapeProtocols
{
    internal const string Protobuf = "PrometheusProto";
    internal const string Text004 = "PrometheusText0.0.4";
    internal const string Text100 = "PrometheusText1.0.0";
    internal const string OpenMetrics001 = "OpenMetricsText0.0.1";
    internal const string OpenMetrics100 = "OpenMetricsText1.0.0";

    private static readonly Dictionary<string, string> MediaTypes = new()
    {
        [Protobuf] = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        [Text004] = "text/plain;version=0.0.4",
        [Text100] = "text/plain;version=1.0.0;escaping=allow-utf-8",
        [OpenMetrics001] = "application/openmetrics-text;version=0.0.1",
        [OpenMetrics100] = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
    };

    /// <summary>What is asked for by default, the most wanted first.</summary>
    public static IReadOnlyList<string> Default { get; } = [OpenMetrics100, OpenMetrics001, Text100, Text004];

    /// <summary>What is asked for by default where native histograms are wanted, which no text has.</summary>
    public static IReadOnlyList<string> ProtobufFirst { get; } = [Protobuf, .. Default];

    /// <summary>What is wrong with a list of protocols, in Prometheus's words; null where nothing is.</summary>
    public static string? Problem(IReadOnlyList<string> protocols)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        if (protocols.Count == 0)
        {
            return "scrape_protocols cannot be empty";
        }

        if (protocols.Distinct(StringComparer.OrdinalIgnoreCase).Count() < protocols.Count)
        {
            return $"duplicated protocol in scrape_protocols, got [{string.Join(' ', protocols)}]";
        }

        var unknown = protocols.FirstOrDefault(static p => !MediaTypes.ContainsKey(p));
        return unknown is null ? null : "scrape_protocols: " + Unknown(unknown);
    }

    /// <summary>What is wrong with a single protocol; null where nothing is.</summary>
    internal static string? Problem(string protocol) => MediaTypes.ContainsKey(protocol) ? null : Unknown(protocol);

    /// <summary>The header <c>Accept</c>.</summary>
    internal static string Accept(IReadOnlyList<string> protocols)
    {
        var text = new StringBuilder();
        var weight = MediaTypes.Count + 1;
        foreach (var protocol in protocols)
        {
            text.Append(CultureInfo.InvariantCulture, $"{MediaTypes[protocol]};q=0.{weight--},");
        }

        return text.Append(CultureInfo.InvariantCulture, $"*/*;q=0.{weight}").ToString();
    }

    private static string Unknown(string protocol) =>
        $"unknown scrape protocol {protocol}, supported: [{string.Join(' ', MediaTypes.Keys.Order(StringComparer.Ordinal))}]";
}
