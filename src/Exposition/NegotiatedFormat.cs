using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>What a scraper gets.</summary>
/// <param name="Format">The form.</param>
/// <param name="Escaping">How names beyond the old pattern are to be written: with underscores unless the scraper asks otherwise.</param>
public readonly record struct NegotiatedFormat(ExpositionFormat Format, EscapingScheme Escaping)
{
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=";

    /// <summary>The Content-Type of the answer, as Pushgateway 1.11 words it.</summary>
    public string ContentType => Format switch
    {
        ExpositionFormat.ProtobufDelimited => Protobuf + "delimited",
        ExpositionFormat.ProtobufText => Protobuf + "text",
        ExpositionFormat.ProtobufCompactText => Protobuf + "compact-text",
        ExpositionFormat.OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ExpositionFormat.OpenMetrics001 => "application/openmetrics-text; version=0.0.1; charset=utf-8",
        _ => "text/plain; version=0.0.4; charset=utf-8",
    } + "; escaping=" + NameEscaping.NameOf(Escaping);
}
