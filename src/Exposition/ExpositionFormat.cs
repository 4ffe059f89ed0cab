namespace Tallygate.Exposition;

/// <summary>A form in which metrics are pushed and shown.</summary>
public enum ExpositionFormat
{
    /// <summary>The text format 0.0.4.</summary>
    Text,

    /// <summary>Delimited <c>io.prometheus.client.MetricFamily</c> messages.</summary>
    ProtobufDelimited,

    /// <summary>The same messages as protobuf's own text, a field on a line. Shown, never pushed.</summary>
    ProtobufText,

    /// <summary>The same messages as protobuf's own text, a message on a line. Shown, never pushed.</summary>
    ProtobufCompactText,

    /// <summary>OpenMetrics 1.0.0 text.</summary>
    OpenMetrics,

    /// <summary>The same text under the number that it had before, for scrapers that ask for that.</summary>
    OpenMetrics001,
}
