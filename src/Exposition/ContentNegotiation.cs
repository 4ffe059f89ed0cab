using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>Which form a push has and which form a scraper gets, by the headers, as Pushgateway 1.11 decides. Nothing here ever refuses.</summary>
public static class ContentNegotiation
{
    private const string ProtobufType = "application/vnd.google.protobuf";
    private const string ProtobufMessage = "io.prometheus.client.MetricFamily";
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>
    /// The form of a push with this Content-Type: delimited protobuf where the header says exactly that, OpenMetrics where it names that type and
    /// <paramref name="openMetrics"/> allows it, else text, be the header missing or nonsense.
    /// </summary>
    public static ExpositionFormat OfPush(string? contentType, bool openMetrics)
    {
        var parts = (contentType ?? "").Split(';');
        var type = parts[0].Trim();
        if (openMetrics && type.Equals(OpenMetricsType, StringComparison.OrdinalIgnoreCase))
        {
            return ExpositionFormat.OpenMetrics;
        }

        if (!type.Equals(ProtobufType, StringComparison.OrdinalIgnoreCase))
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

        return parameters.GetValueOrDefault("proto") == ProtobufMessage && parameters.GetValueOrDefault("encoding") == "delimited"
            ? ExpositionFormat.ProtobufDelimited
            : ExpositionFormat.Text;
    }

    /// <summary>
    /// The form for a scraper that sends this Accept header; text where it asks for nothing that there is. OpenMetrics is there only where
    /// <paramref name="openMetrics"/> says so.
    /// </summary>
    public static NegotiatedFormat OfScrape(string? accept, bool openMetrics)
    {
        var escaping = EscapingScheme.Underscores;
        foreach (var range in MediaRange.Parse(accept ?? ""))
        {
            if (NameEscaping.TryParse(range["escaping"], out var wanted))
            {
                escaping = wanted;
            }

            if (FormatOf(range, openMetrics) is { } format)
            {
                return new NegotiatedFormat(format, escaping);
            }
        }

        return new NegotiatedFormat(ExpositionFormat.Text, escaping);
    }

    /// <summary>
    /// How the answer to this Accept-Encoding header is packed: as is wanted most; between what is wanted equally, identity before gzip before
    /// Zstandard. Names are matched exactly. From a weight that is none on, the header counts no more.
    /// </summary>
    public static ContentCoding CodingOf(string? acceptEncoding)
    {
        Span<double> wanted = [-1, -1, -1];
        foreach (var clause in (acceptEncoding ?? "").Split(','))
        {
            var semicolon = clause.IndexOf(';');
            var coding = (semicolon < 0 ? clause : clause[..semicolon]).Trim();
            if (coding.Length == 0 || !TryReadQuality(semicolon < 0 ? null : clause[(semicolon + 1)..].Trim(), out var quality))
            {
                break;
            }

            for (var i = 0; i < wanted.Length; i++)
            {
                if (coding == "*" || coding == NameOf((ContentCoding)i))
                {
                    wanted[i] = Math.Max(wanted[i], quality);
                }
            }
        }

        var best = ContentCoding.Identity;
        for (var coding = ContentCoding.Gzip; coding <= ContentCoding.Zstd; coding++)
        {
            best = wanted[(int)coding] > Math.Max(0, wanted[(int)best]) ? coding : best;
        }

        return best;
    }

    /// <summary>The word by which headers name a coding.</summary>
    public static string NameOf(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Zstd => "zstd",
        _ => "identity",
    };

    private static ExpositionFormat? FormatOf(MediaRange range, bool openMetrics)
    {
        var version = range["version"];
        return $"{range.Type}/{range.Subtype}" switch
        {
            ProtobufType when range["proto"] == ProtobufMessage => range["encoding"] switch
            {
                "delimited" => ExpositionFormat.ProtobufDelimited,
                "text" => ExpositionFormat.ProtobufText,
                "compact-text" => ExpositionFormat.ProtobufCompactText,
                _ => null,
            },
            "text/plain" when version is "" or "0.0.4" => ExpositionFormat.Text,
            OpenMetricsType when openMetrics && version == "1.0.0" => ExpositionFormat.OpenMetrics,
            OpenMetricsType when openMetrics && version is "" or "0.0.1" => ExpositionFormat.OpenMetrics001,
            _ => null,
        };
    }

    /// <summary>A weight as <c>q=0.5</c>: a 0 or a 1, and perhaps digits after a point. None is 1.</summary>
    private static bool TryReadQuality(string? parameter, out double quality)
    {
        quality = 1;
        if (parameter is null)
        {
            return true;
        }

        if (!parameter.StartsWith("q=", StringComparison.Ordinal) || parameter.Length < 3 || parameter[2] is not ('0' or '1'))
        {
            return false;
        }

        quality = parameter[2] - '0';
        var place = 1.0;
        for (var i = 4; parameter.Length > 3 && parameter[3] == '.' && i < parameter.Length && char.IsAsciiDigit(parameter[i]); i++)
        {
            place /= 10;
            quality += (parameter[i] - '0') * place;
        }

        return true;
    }

    private static string Unquote(string value) => value.Length > 1 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;
}
