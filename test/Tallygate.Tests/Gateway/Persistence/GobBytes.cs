using System.Buffers.Binary;
using System.Text;

namespace Tallygate.Tests.Gateway.Persistence;

/// <summary>Writes gob messages: the simple twin of the reader.</summary>
internal sealed class GobBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public void Message(int type, Action<GobBytes> write)
    {
        var message = new GobBytes();
        message.Signed(type);
        write(message);
        Bytes(message.ToArray());
    }

    public void Unsigned(ulong value)
    {
        if (value < 0x80)
        {
            _bytes.Add((byte)value);
            return;
        }

        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(all, value);
        var digits = all.TrimStart((byte)0);
        _bytes.Add((byte)-digits.Length);
        _bytes.AddRange(digits);
    }

    public void Signed(long value) => Unsigned(value < 0 ? ((ulong)~value << 1) | 1 : (ulong)value << 1);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Unsigned((ulong)bytes.Length);
        _bytes.AddRange(bytes);
    }

    public void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public void Time(long unixNano)
    {
        var bytes = new byte[15];
        bytes[0] = 1;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), (unixNano / 1_000_000_000) + 62_135_596_800);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), (int)(unixNano % 1_000_000_000));
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(13), -1);
        Bytes(bytes);
    }

    public void Map(int id, string name, int key, int element) => Shape(4, id, name, key, element);

    public void List(int id, int element) => Shape(2, id, "", element);

    public void Opaque(int id) => Shape(5, id, "");

    public void Struct(int id, params (string Name, int Type)[] fields)
    {
        Unsigned(3);
        Common(id, "T");
        Unsigned(1);
        Unsigned((ulong)fields.Length);
        foreach (var (name, type) in fields)
        {
            Unsigned(1);
            Text(name);
            Unsigned(1);
            Signed(type);
            Unsigned(0);
        }

        Unsigned(0);
        Unsigned(0);
    }

    private void Shape(ulong kind, int id, string name, params int[] numbers)
    {
        Unsigned(kind);
        Common(id, name);
        foreach (var number in numbers)
        {
            Unsigned(1);
            Signed(number);
        }

        Unsigned(0);
        Unsigned(0);
    }

    private void Common(int id, string name)
    {
        Unsigned(1);
        if (name.Length > 0)
        {
            Unsigned(1);
            Text(name);
            Unsigned(1);
        }
        else
        {
            Unsigned(2);
        }

        Signed(id);
        Unsigned(0);
    }
}
