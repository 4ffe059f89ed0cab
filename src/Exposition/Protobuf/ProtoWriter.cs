using System.Buffers.Binary;
using System.Buffers;
using System.Numerics;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Writes protobuf from the end to the beginning: a message's length stands before it and is known once it is written, so one pass does.
/// Fields are therefore written last first. The buffer comes from the shared pool and goes back with <see cref="Dispose"/>.
/// </summary>
internal ref struct ProtoWriter : IDisposable
{
    private byte[] _buffer;
    private int _start;

    public ProtoWriter(int capacity)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        _start = _buffer.Length;
    }

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(_start);

    /// <summary>The place to hand to <see cref="EndMessage"/> once the fields of a message are written.</summary>
    public readonly int BeginMessage() => _buffer.Length - _start;

    /// <summary>Puts length and tag before what was written since <paramref name="begun"/>.</summary>
    public void EndMessage(int field, int begun)
    {
        WriteRawVarint((ulong)(_buffer.Length - _start - begun));
        WriteTag(field, WireType.Bytes);
    }

    /// <summary>Puts the length alone before what was written since <paramref name="begun"/>.</summary>
    public void EndDelimited(int begun) => WriteRawVarint((ulong)(_buffer.Length - _start - begun));

    public void WriteString(int field, string text)
    {
        var length = ByteText.ByteCount(text);
        ByteText.Encode(text, Reserve(length));
        WriteRawVarint((ulong)length);
        WriteTag(field, WireType.Bytes);
    }

    /// <summary>A name, escaped where the scheme asks for it.</summary>
    public void WriteName(int field, string name, bool isLabel, EscapingScheme escaping) =>
        WriteString(field, escaping == EscapingScheme.AllowUtf8 ? name : NameEscaping.Escape(name, escaping, isLabel));

    public void WriteDouble(int field, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);
        WriteTag(field, WireType.Fixed64);
    }

    public void WriteVarint(int field, ulong value)
    {
        WriteRawVarint(value);
        WriteTag(field, WireType.Varint);
    }

    public void WriteZigZag(int field, long value) => WriteVarint(field, unchecked((ulong)((value << 1) ^ (value >> 63))));

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = 0;
    }

    private void WriteTag(int field, WireType type) => WriteRawVarint(((ulong)field << 3) | (ulong)type);

    private void WriteRawVarint(ulong value)
    {
        var bytes = Reserve(Math.Max(1, (70 - BitOperations.LeadingZeroCount(value)) / 7));
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            bytes[i] = unchecked((byte)(value | 0x80));
            value >>= 7;
        }

        bytes[^1] = (byte)value;
    }

    private Span<byte> Reserve(int count)
    {
        if (count > _start)
        {
            Grow(count);
        }

        _start -= count;
        return _buffer.AsSpan(_start, count);
    }

    private void Grow(int count)
    {
        var written = Written;
        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(2 * _buffer.Length, written.Length + count)));
        written.CopyTo(larger.AsSpan(larger.Length - written.Length));
        _start = larger.Length - written.Length;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
