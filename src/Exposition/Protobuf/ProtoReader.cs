using System.Buffers.Binary;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Reads the fields of one protobuf message. The first thing that is wrong sets <see cref="Failed"/>, moves to the end and stays: callers read
/// on and ask once. Nothing is allocated, and no length is believed beyond the bytes that are there.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Whether anything was malformed.</summary>
    public bool Failed { get; private set; }

    /// <summary>What was malformed, as the end of a sentence about the field.</summary>
    public string Fault { get; private set; } = "is malformed";

    /// <summary>The number of the field at hand.</summary>
    public int Field { get; private set; }

    /// <summary>The wire type of the field at hand.</summary>
    public WireType WireType { get; private set; }

    /// <summary>Moves to the next field; false at the end and after a failure.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = ReadRawVarint();
        Field = (int)(tag >> 3);
        WireType = (WireType)(tag & 7);
        if (tag >> 3 is 0 or > 0x1FFF_FFFF)
        {
            Fail("has a number that no field has");
        }

        return !Failed;
    }

    /// <summary>
    /// The number of the field at hand where it has the wire type of the field of that number, else 0: as in Go, a field of another type is
    /// one that is not known.
    /// </summary>
    /// <param name="kinds">
    /// For each number from 1 on: <c>v</c> a varint, <c>d</c> a double, <c>b</c> bytes; capitals where several may stand packed.
    /// </param>
    public readonly int KnownAs(ReadOnlySpan<byte> kinds)
    {
        if (Field > kinds.Length)
        {
            return 0;
        }

        var fits = kinds[Field - 1] switch
        {
            (byte)'v' => WireType == WireType.Varint,
            (byte)'d' => WireType == WireType.Fixed64,
            (byte)'V' => WireType is WireType.Varint or WireType.Bytes,
            (byte)'D' => WireType is WireType.Fixed64 or WireType.Bytes,
            _ => WireType == WireType.Bytes,
        };
        return fits ? Field : 0;
    }

    /// <summary>The value of a varint field; a field of another type fails.</summary>
    public ulong ReadVarint() => Expect(WireType.Varint) ? ReadRawVarint() : 0;

    /// <summary>A signed number in zigzag form.</summary>
    public long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A double.</summary>
    public double ReadDouble() => Expect(WireType.Fixed64) ? ReadRawDouble() : 0;

    /// <summary>The bytes of a string or of a message inside.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Expect(WireType.Bytes) ? ReadRawBytes() : default;

    /// <summary>Adds what a repeated zigzag field holds here, one value or packed ones.</summary>
    public void ReadZigZags(List<long> into)
    {
        if (WireType != WireType.Bytes)
        {
            into.Add(ReadZigZag());
            return;
        }

        var packed = new ProtoReader(ReadRawBytes());
        while (!packed._rest.IsEmpty)
        {
            packed.WireType = WireType.Varint;
            into.Add(packed.ReadZigZag());
        }

        FailIf(packed.Failed);
    }

    /// <summary>Adds what a repeated double field holds here, one value or packed ones.</summary>
    public void ReadDoubles(List<double> into)
    {
        if (WireType != WireType.Bytes)
        {
            into.Add(ReadDouble());
            return;
        }

        var packed = new ProtoReader(ReadRawBytes());
        while (!packed._rest.IsEmpty)
        {
            into.Add(packed.ReadRawDouble());
        }

        FailIf(packed.Failed);
    }

    /// <summary>Passes over a field that is not known.</summary>
    public void Skip() => SkipValue(Field, depth: 0);

    /// <summary>Fails where a message inside has failed.</summary>
    public void FailIf(bool failed)
    {
        if (failed)
        {
            Fail("is malformed");
        }
    }

    private void SkipValue(int field, int depth)
    {
        const int DeepestGroup = 64;
        switch (WireType)
        {
            case WireType.Varint:
                ReadRawVarint();
                break;
            case WireType.Fixed64:
                Take(8);
                break;
            case WireType.Bytes:
                ReadRawBytes();
                break;
            case WireType.Fixed32:
                Take(4);
                break;
            case WireType.StartGroup when depth < DeepestGroup:
                while (Next() && WireType != WireType.EndGroup)
                {
                    SkipValue(Field, depth + 1);
                }

                FailIf(WireType != WireType.EndGroup || Field != field);
                break;
            default:
                Fail("has a wire type that is none");
                break;
        }
    }

    private bool Expect(WireType type)
    {
        if (WireType != type)
        {
            Fail("has the wire type of another field");
        }

        return !Failed;
    }

    private ulong ReadRawVarint()
    {
        if (TryReadVarint(_rest, out var value, out var read))
        {
            _rest = _rest[read..];
            return value;
        }

        Fail("holds a number that is cut off or too long");
        return 0;
    }

    private double ReadRawDouble()
    {
        var bytes = Take(8);
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadDoubleLittleEndian(bytes);
    }

    private ReadOnlySpan<byte> ReadRawBytes() => Take(ReadRawVarint());

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            Fail("is longer than its message");
            return default;
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private void Fail(string fault)
    {
        Fault = Failed ? Fault : fault;
        Failed = true;
        _rest = default;
    }

    /// <summary>Reads a varint; where that fails, <paramref name="read"/> is 10 for one that is too long and 0 for one that is cut off.</summary>
    public static bool TryReadVarint(ReadOnlySpan<byte> bytes, out ulong value, out int read)
    {
        const int Longest = 10;
        value = 0;
        for (read = 0; read < bytes.Length && read < Longest; read++)
        {
            var b = bytes[read];
            value |= (ulong)(b & 0x7F) << (7 * read);
            if (b < 0x80)
            {
                read++;
                return read < Longest || b <= 1 || Overflows(out read);
            }
        }

        read = read < Longest ? 0 : Longest;
        return false;
    }

    private static bool Overflows(out int read)
    {
        read = 10;
        return false;
    }
}
