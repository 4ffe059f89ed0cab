using System.Net.Http.Headers;

namespace Tallygate.Scrape;

/// <summary>Which parser an answer needs.</summary>
internal static class ScrapeFormat
{
    private const string Text = "text/plain";
    private const string OpenMetrics = "application/openmetrics-text";
    private const string Protobuf = "application/vnd.google.protobuf";

    /// <summary>Null where the answer can be read; else why it cannot.</summary>
    /// <param name="contentType">The header, or empty.</param>
    /// <param name="fallbackProtocol">What to assume where the header does not say it, as a <c>scrape_protocols</c> word; null: nothing.</param>
    public static string? Problem(string contentType, string? fallbackProtocol, out ScrapeBody format)
    {
        format = ScrapeBody.Text;
        MediaTypeHeaderValue? parsed = null;
        if (contentType.Length > 0 && MediaTypeHeaderValue.TryParse(contentType, out parsed)
            && parsed.MediaType is Text or OpenMetrics or Protobuf)
        {
            format = parsed.MediaType switch
            {
                OpenMetrics => ScrapeBody.OpenMetrics,
                Protobuf => ScrapeBody.Protobuf,
                _ => ScrapeBody.Text,
            };
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
            case ScrapeProtocols.OpenMetrics001 or ScrapeProtocols.OpenMetrics100:
                format = ScrapeBody.OpenMetrics;
                return null;
            case ScrapeProtocols.Protobuf:
                format = ScrapeBody.Protobuf;
                return null;
            default:
                return null;
        }
    }
}
