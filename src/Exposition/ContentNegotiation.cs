using System.Globalization;

namespace Tallygate.Exposition;

/// <summary>Which form a push has and which form a scraper gets, by the headers, as Pushgateway 1.11 decides. Nothing here ever refuses.</summary>
public static class ContentNegotiation
{
    private const string ProtobufType = "application/vnd.google.protobuf";
    private const string ProtobufMessage = "io.prometheus.client.MetricFamily";
    private const string Delimited = "delimited";
    private const string DefaultEscaping = "underscores";

    /// <summary>
    /// The form of a push with this Content-Type: delimited protobuf where the header says exactly that, else text, be the header missing or
    /// nonsense.
    /// </summary>
    public static ExpositionFormat OfPush(string? contentType)
    {
        var parts = (contentType ?? "").Split(';');
        if (!parts[0].Trim().Equals(ProtobufType, StringComparison.OrdinalIgnoreCase))
        {
            return ExpositionFormat.Text;
        }

        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=');
            if (part.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            // A header that does not parse as a whole is no media type at all.
            if (equals < 0 || !parameters.TryAdd(part[..equals].Trim(), Unquote(part[(equals + 1)..].Trim())))
            {
                return ExpositionFormat.Text;
            }
        }

        return parameters.GetValueOrDefault("proto") == ProtobufMessage && parameters.GetValueOrDefault("encoding") == Delimited
            ? ExpositionFormat.ProtobufDelimited
            : ExpositionFormat.Text;
    }

    /// <summary>The form for a scraper that sends this Accept header; text where it asks for nothing that there is.</summary>
    public static NegotiatedFormat OfScrape(string? accept)
    {
        var escaping = DefaultEscaping;
        foreach (var range in MediaRange.Parse(accept ?? ""))
        {
            if (range["escaping"] is "allow-utf-8" or "underscores" or "dots" or "values")
            {
                escaping = range["escaping"];
            }

            var type = $"{range.Type}/{range.Subtype}";
            if (type == ProtobufType && range["proto"] == ProtobufMessage && range["encoding"] == Delimited)
            {
                return new NegotiatedFormat(ExpositionFormat.ProtobufDelimited, escaping);
            }

            if (type == "text/plain" && range["version"] is "" or "0.0.4")
            {
                break;
            }
        }

        return new NegotiatedFormat(ExpositionFormat.Text, escaping);
    }

    /// <summary>Whether the answer is to be gzipped: where gzip is wanted more than identity. Coding names are matched exactly.</summary>
    public static bool UseGzip(string? acceptEncoding)
    {
        var identity = -1.0;
        var gzip = -1.0;
        foreach (var clause in (acceptEncoding ?? "").Split(','))
        {
            var parts = clause.Split(';');
            var coding = parts[0].Trim();
            var quality = Quality(parts);
            if (coding is "identity" or "*")
            {
                identity = Math.Max(identity, quality);
            }

            if (coding is "gzip" or "*")
            {
                gzip = Math.Max(gzip, quality);
            }
        }

        return gzip > 0 && gzip > identity;
    }

    private static double Quality(string[] parts)
    {
        foreach (var part in parts.AsSpan(1))
        {
            var text = part.Trim();
            if (text.StartsWith("q=", StringComparison.Ordinal))
            {
                return double.TryParse(text.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q) ? q : 0;
            }
        }

        return 1;
    }

    private static string Unquote(string value) => value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
}
