using System.Buffers.Binary;
using System.Text;

namespace Tallygate.Testing;

/// <summary>Writes protobuf messages field by field, right ones and wrong ones alike.</summary>
public sealed class ProtobufBody
{
    /// <summary>The content type of delimited families.</summary>
    public const string ContentType = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => _bytes.ToArray();

    public ProtobufBody Varint(int field, ulong value)
    {
        Number((ulong)field << 3);
        Number(value);
        return this;
    }

    /// <summary>A zigzag-coded number.</summary>
    public ProtobufBody ZigZag(int field, long value) => Varint(field, unchecked((ulong)((value << 1) ^ (value >> 63))));

    public ProtobufBody Number(int field, double value)
    {
        Number(((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtobufBody Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtobufBody Message(int field, ProtobufBody message) => Bytes(field, message.ToArray());

    public ProtobufBody Bytes(int field, ReadOnlySpan<byte> value)
    {
        Number(((ulong)field << 3) | 2);
        Number((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>Puts the bytes behind the others as they are.</summary>
    public ProtobufBody Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A whole message, its length before it.</summary>
    public ProtobufBody Delimited(ProtobufBody message)
    {
        var bytes = message.ToArray();
        Number((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>A MetricFamily; type: 0 counter, 1 gauge, 2 summary, 3 untyped, 4 histogram, 5 gauge histogram; null leaves it out.</summary>
    public static ProtobufBody Family(string name, int? type, params ReadOnlySpan<ProtobufBody> metrics)
    {
        var family = new ProtobufBody().Text(1, name);
        if (type is { } t)
        {
            family.Varint(3, (ulong)t);
        }

        foreach (var metric in metrics)
        {
            family.Message(4, metric);
        }

        return family;
    }

    /// <summary>A Metric with labels and one plain value; field: 2 gauge, 3 counter, 5 untyped.</summary>
    public static ProtobufBody Plain(int field, double value, params ReadOnlySpan<(string Name, string Value)> labels) =>
        Labelled(labels).Message(field, new ProtobufBody().Number(1, value));

    /// <summary>A Metric with labels and nothing else yet.</summary>
    public static ProtobufBody Labelled(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var metric = new ProtobufBody();
        foreach (var (name, value) in labels)
        {
            metric.Message(1, new ProtobufBody().Text(1, name).Text(2, value));
        }

        return metric;
    }

    /// <summary>Families as one body.</summary>
    public static byte[] Of(params ReadOnlySpan<ProtobufBody> families)
    {
        var body = new ProtobufBody();
        foreach (var family in families)
        {
            body.Delimited(family);
        }

        return body.ToArray();
    }

    private void Number(ulong value)
    {
        while (value >= 0x80)
        {
            _bytes.Add((byte)(value | 0x80));
            value >>= 7;
        }

        _bytes.Add((byte)value);
    }
}
