namespace Tallygate.Exposition;

/// <summary>A form in which metrics are pushed and shown.</summary>
public enum ExpositionFormat
{
    /// <summary>The text format 0.0.4.</summary>
    Text,

    /// <summary>Delimited <c>io.prometheus.client.MetricFamily</c> messages.</summary>
    ProtobufDelimited,
}
