namespace Tallygate.Exposition;

/// <summary>What a scraper gets.</summary>
/// <param name="Format">The form.</param>
/// <param name="Escaping">How names beyond the old pattern are to be written: <c>underscores</c> unless the scraper asks otherwise.</param>
public readonly record struct NegotiatedFormat(ExpositionFormat Format, string Escaping)
{
    /// <summary>The Content-Type of the answer, as Pushgateway 1.11 words it.</summary>
    public string ContentType => (Format == ExpositionFormat.ProtobufDelimited
        ? "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        : "text/plain; version=0.0.4; charset=utf-8") + "; escaping=" + Escaping;
}
