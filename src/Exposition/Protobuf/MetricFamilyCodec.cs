using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Metric families as delimited <c>io.prometheus.client.MetricFamily</c> messages: the body of pushes and of <c>/metrics</c> in protobuf, and the
/// canonical form in which pushes are logged. Stateless.
/// </summary>
/// <remarks>
/// What is written depends on the family alone, and reading it gives the same family again, every field, NaN by its bits. Labels come in name
/// order whatever order they were sent in. Unknown fields are passed over.
/// </remarks>
public static class MetricFamilyCodec
{
    /// <summary>Reads families up to the clean end of <paramref name="body"/>, in the order in which they stand, names repeated or not.</summary>
    public static bool TryReadDelimited(
        ReadOnlySpan<byte> body, Utf8StringPool pool, [NotNullWhen(true)] out List<MetricFamily>? families, out ExpositionError error) =>
        TryReadDelimited(body, pool, pushOptions: null, out families, out error);

    /// <summary>Reads families that must also be such as pushes may hold, where <paramref name="pushOptions"/> say what that is.</summary>
    internal static bool TryReadDelimited(
        ReadOnlySpan<byte> body,
        Utf8StringPool pool,
        PushParseOptions? pushOptions,
        [NotNullWhen(true)] out List<MetricFamily>? families,
        out ExpositionError error)
    {
        families = null;
        error = default;
        var read = new List<MetricFamily>();
        var decoder = new MetricFamilyDecoder(pool);
        var rest = body;
        while (!rest.IsEmpty)
        {
            var at = body.Length - rest.Length + 1;
            if (!ProtoReader.TryReadVarint(rest, out var length, out var prefix))
            {
                error = prefix == 0
                    ? Failure("unexpected EOF", "the body ends within its length")
                    : Failure("proto: variable length integer overflow", "its length is no number; is the body delimited protobuf at all?");
                return false;
            }

            rest = rest[prefix..];
            if (length > (ulong)rest.Length)
            {
                error = Failure("unexpected EOF", $"it announces {length} bytes and {rest.Length} follow; was the body cut off?");
                return false;
            }

            if (decoder.ReadFamily(rest[..(int)length]) is not { } family)
            {
                error = Failure(decoder.Reason, decoder.Place);
                return false;
            }

            if (pushOptions is not null && PushProtobufParser.Refusal(family, pushOptions) is { } refusal)
            {
                error = Failure(refusal, PushHints.OfName(pushOptions) ?? "the family has no name, or one that is not UTF-8");
                return false;
            }

            read.Add(family);
            rest = rest[(int)length..];

            ExpositionError Failure(string message, string hint) => new(message, 0, at, $"message {read.Count + 1}: {hint}");
        }

        families = read;
        return true;
    }

    /// <summary>Appends <paramref name="family"/> with its length before it; its names are escaped only for scrapers that ask for it.</summary>
    public static void WriteDelimited(IBufferWriter<byte> target, MetricFamily family, EscapingScheme escaping = EscapingScheme.AllowUtf8)
    {
        var writer = new ProtoWriter(capacity: 64 + (128 * family.Metrics.Count));
        try
        {
            MetricFamilyEncoder.WriteFamily(ref writer, family, escaping);
            writer.EndDelimited(begun: 0);
            target.Write(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
