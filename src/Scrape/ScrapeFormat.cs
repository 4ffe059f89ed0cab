using System.Net.Http.Headers;

namespace Tallygate.Scrape;

/// <summary>Which parser an answer needs.</summary>
internal static class ScrapeFormat
{
    /// <summary>What is asked for, as Prometheus asks.</summary>
    public const string Accept =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private const string Text = "text/plain";
    private const string OpenMetrics = "application/openmetrics-text";

    /// <summary>Null where the answer can be read; else why it cannot.</summary>
    /// <param name="contentType">The header, or empty.</param>
    /// <param name="fallbackProtocol">What to assume where the header does not say it, as a <c>scrape_protocols</c> word; null: nothing.</param>
    public static string? Problem(string contentType, string? fallbackProtocol, out bool openMetrics)
    {
        openMetrics = false;
        MediaTypeHeaderValue? parsed = null;
        if (contentType.Length > 0 && MediaTypeHeaderValue.TryParse(contentType, out parsed) && parsed.MediaType is Text or OpenMetrics)
        {
            openMetrics = parsed.MediaType == OpenMetrics;
            return null;
        }

        switch (fallbackProtocol)
        {
            case null when contentType.Length == 0:
                return "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target";
            case null when parsed is null:
                return $"cannot parse Content-Type \"{contentType}\" and no fallback_scrape_protocol for target";
            case null:
                return $"received unsupported Content-Type \"{contentType}\" and no fallback_scrape_protocol specified for target";
            case "PrometheusText0.0.4" or "PrometheusText1.0.0":
                return null;
            case "OpenMetricsText0.0.1" or "OpenMetricsText1.0.0":
                openMetrics = true;
                return null;
            default:
                return $"fallback_scrape_protocol {fallbackProtocol} is not supported";
        }
    }
}
