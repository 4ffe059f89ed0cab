using System.Buffers.Binary;
using System.Text;

namespace Tallygate.Tests.Remote;

/// <summary>Writes protobuf messages field by field: the simple twin of the receiver's reader.</summary>
internal sealed class WriteRequestBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public WriteRequestBytes Varint(int field, ulong value)
    {
        Raw(((ulong)field << 3) | 0);
        Raw(value);
        return this;
    }

    public WriteRequestBytes ZigZag(int field, long value) => Varint(field, ZigZag(value));

    public WriteRequestBytes Double(int field, double value)
    {
        Raw(((ulong)field << 3) | 1);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public WriteRequestBytes Bytes(int field, byte[] bytes)
    {
        Raw(((ulong)field << 3) | 2);
        Raw((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public WriteRequestBytes Message(int field, Action<WriteRequestBytes> write)
    {
        var message = new WriteRequestBytes();
        write(message);
        return Bytes(field, message.ToArray());
    }

    public WriteRequestBytes Packed(int field, params long[] zigZag)
    {
        var packed = new WriteRequestBytes();
        foreach (var value in zigZag)
        {
            packed.Raw(ZigZag(value));
        }

        return Bytes(field, packed.ToArray());
    }

    public WriteRequestBytes PackedDoubles(int field, params double[] values)
    {
        var packed = new byte[8 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(packed.AsSpan(8 * i), values[i]);
        }

        return Bytes(field, packed);
    }

    public WriteRequestBytes Label(string name, string value) =>
        Message(1, l => l.Bytes(1, Encoding.UTF8.GetBytes(name)).Bytes(2, Encoding.UTF8.GetBytes(value)));

    public WriteRequestBytes Sample(long time, double value) => Message(2, s => s.Double(1, value).Varint(2, (ulong)time));

    public WriteRequestBytes Series(Action<WriteRequestBytes> write) => Message(1, write);

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private void Raw(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
