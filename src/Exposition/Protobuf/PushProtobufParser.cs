using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Delimited <c>io.prometheus.client.MetricFamily</c> messages as pushes bring them. Beyond upstream, names of metrics must be such as
/// text pushes may have: upstream takes any, and they break its text pages. Thread-safe.
/// </summary>
public static class PushProtobufParser
{
    /// <summary>
    /// Reads a whole body. Families come in the order in which they stand, names repeated or not. Strings are taken from
    /// <paramref name="pool"/>; errors say which message they are in.
    /// </summary>
    public static bool TryParse(
        ReadOnlySpan<byte> body,
        PushParseOptions options,
        Utf8StringPool pool,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        out ExpositionError error) => MetricFamilyCodec.TryReadDelimited(body, pool, options, out families, out error);

    /// <summary>Why no push may hold <paramref name="family"/>; null where it may.</summary>
    internal static string? Refusal(MetricFamily family, PushParseOptions options) =>
        options.AllowsMetricName(family.Name) ? null : $"invalid metric name {GoQuote.Quote(family.Name)}";
}
