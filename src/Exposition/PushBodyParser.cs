using System.Diagnostics.CodeAnalysis;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>The body of a push, in any of the forms that pushes come in, into metric families. Thread-safe.</summary>
public static class PushBodyParser
{
    /// <summary>
    /// Reads a whole, unpacked body; nothing of it where it is wrong anywhere. Strings are taken from <paramref name="pool"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Pushes do not come in that format.</exception>
    public static bool TryParse(
        ExpositionFormat format,
        ReadOnlySpan<byte> body,
        PushParseOptions options,
        Utf8StringPool pool,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        out ExpositionError error) => format switch
        {
            ExpositionFormat.Text => PushTextParser.TryParse(body, options, pool, out families, out error),
            ExpositionFormat.ProtobufDelimited => PushProtobufParser.TryParse(body, options, pool, out families, out error),
            ExpositionFormat.OpenMetrics => PushOpenMetricsParser.TryParse(body, options, pool, out families, out error),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
}
