using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Delimited <c>io.prometheus.client.MetricFamily</c> messages as pushes bring them. Beyond upstream, names must be such as text pushes may have:
/// upstream takes any, and they break its text pages. Thread-safe.
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
    internal static string? Refusal(MetricFamily family, PushParseOptions options)
    {
        if (!options.AllowsMetricName(family.Name))
        {
            return $"invalid metric name {GoQuote.Quote(family.Name)}";
        }

        for (var i = 0; i < family.Metrics.Count; i++)
        {
            foreach (ref readonly var label in family.Metrics[i].Labels.AsSpan())
            {
                if (!options.AllowsLabelName(label.Name))
                {
                    return $"invalid label name {GoQuote.Quote(label.Name)}";
                }
            }
        }

        return null;
    }
}
