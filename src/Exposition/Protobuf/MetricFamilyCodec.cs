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
        ReadOnlySpan<byte> body, Utf8StringPool pool, [NotNullWhen(true)] out List<MetricFamily>? families, out ExpositionError error)
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
                error = new ExpositionError(prefix == 0 ? "unexpected EOF" : "proto: variable length integer overflow", 0, at);
                return false;
            }

            rest = rest[prefix..];
            if (length > (ulong)rest.Length)
            {
                error = new ExpositionError("unexpected EOF", 0, at);
                return false;
            }

            if (decoder.ReadFamily(rest[..(int)length]) is not { } family)
            {
                error = new ExpositionError(decoder.Reason, 0, at);
                return false;
            }

            read.Add(family);
            rest = rest[(int)length..];
        }

        families = read;
        return true;
    }

    /// <summary>Appends <paramref name="family"/> with its length before it.</summary>
    public static void WriteDelimited(IBufferWriter<byte> target, MetricFamily family)
    {
        var writer = new ProtoWriter(capacity: 64 + (128 * family.Metrics.Count));
        try
        {
            MetricFamilyEncoder.WriteFamily(ref writer, family);
            writer.EndDelimited(begun: 0);
            target.Write(writer.Written);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
