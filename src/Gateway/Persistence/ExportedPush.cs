using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>A group as the push that makes another Pushgateway show it.</summary>
/// <param name="Group">The grouping labels.</param>
/// <param name="Path">The path to PUT to, from <c>/metrics/job</c> on.</param>
/// <param name="ContentType">Text, or delimited protobuf where text cannot say all.</param>
/// <param name="Body">The families.</param>
public sealed record ExportedPush(Labels Group, string Path, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>The content type of the text format.</summary>
    public const string Text = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The content type of delimited protobuf.</summary>
    public const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
}
