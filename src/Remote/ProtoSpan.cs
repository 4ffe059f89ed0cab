using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Tallygate.Remote;

/// <summary>Walks the fields of a protobuf message where its bytes lie. Damage ends the walk and stays noted, so one look at the end is enough.</summary>
internal ref struct ProtoSpan
{
    private readonly ReadOnlySpan<byte> _bytes;

    public ProtoSpan(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether something did not fit.</summary>
    public bool Damaged { get; private set; }

    /// <summary>Where the next byte is read.</summary>
    public int At { get; private set; }

    /// <summary>Goes to the next field; false at the end. <paramref name="tag"/> is its number and wire type together.</summary>
    public bool Next(out uint tag)
    {
        if (At >= _bytes.Length)
        {
            tag = 0;
            return false;
        }

        var read = Varint();
        tag = (uint)read;
        if (Damaged || read > uint.MaxValue || tag >> 3 == 0)
        {
            Fail();
        }

        return !Damaged;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Varint() => At < _bytes.Length && _bytes[At] < 0x80 ? _bytes[At++] : LongVarint();

    public ulong Fixed64()
    {
        if (_bytes.Length - At < 8)
        {
            Fail();
            return 0;
        }

        var value = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[At..]);
        At += 8;
        return value;
    }

    public double Double() => BitConverter.UInt64BitsToDouble(Fixed64());

    /// <summary>A signed number whose lowest bit is the sign.</summary>
    public long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length > (ulong)(_bytes.Length - At))
        {
            Fail();
            return default;
        }

        var bytes = _bytes.Slice(At, (int)length);
        At += (int)length;
        return bytes;
    }

    /// <summary>Passes over the value of a field.</summary>
    public void Skip(uint tag)
    {
        switch (tag & 7)
        {
            case 0:
                Varint();
                break;
            case 1:
                Fixed64();
                break;
            case 2:
                Bytes();
                break;
            case 5 when _bytes.Length - At >= 4:
                At += 4;
                break;
            default:
                Fail();
                break;
        }
    }

    private ulong LongVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70 && At < _bytes.Length; shift += 7)
        {
            var next = _bytes[At++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        Fail();
        return 0;
    }

    private void Fail()
    {
        Damaged = true;
        At = _bytes.Length;
    }
}
