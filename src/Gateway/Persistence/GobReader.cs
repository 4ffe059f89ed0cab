using System.Text;

namespace Tallygate.Gateway.Persistence;

/// <summary>The primitives of Go's gob encoding over bytes in memory. Whatever does not fit is a <see cref="GobException"/> with its place.</summary>
internal sealed class GobReader
{
    private readonly byte[] _bytes;

    public GobReader(byte[] bytes) => _bytes = bytes;

    /// <summary>Where the next byte is read.</summary>
    public int Offset { get; private set; }

    /// <summary>Where the message at hand ends; nothing is read beyond.</summary>
    public int End { get; private set; }

    /// <summary>Goes to the next message; false at the end of the bytes.</summary>
    public bool NextMessage()
    {
        if (Offset != End)
        {
            throw Fault("a message is longer than what stands in it");
        }

        End = _bytes.Length;
        if (Offset == End)
        {
            return false;
        }

        var length = ReadCount();
        End = Offset + length;
        return true;
    }

    /// <summary>One byte below 128 stands for itself; else it is the negated number of bytes that follow, the highest first.</summary>
    public ulong ReadUnsigned()
    {
        var first = ReadByte();
        if (first < 0x80)
        {
            return first;
        }

        var count = 256 - first;
        if (count > 8)
        {
            throw Fault("a number is longer than 8 bytes");
        }

        var value = 0UL;
        for (var i = 0; i < count; i++)
        {
            value = (value << 8) | ReadByte();
        }

        return value;
    }

    /// <summary>The lowest bit says whether the others are complemented.</summary>
    public long ReadSigned()
    {
        var value = ReadUnsigned();
        return (value & 1) == 0 ? (long)(value >> 1) : ~(long)(value >> 1);
    }

    /// <summary>A number of things or bytes, each of which takes a byte at least.</summary>
    public int ReadCount()
    {
        var count = ReadUnsigned();
        return count <= (ulong)(End - Offset) ? (int)count : throw Fault("unexpected EOF");
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadCount();
        var bytes = _bytes.AsSpan(Offset, length);
        Offset += length;
        return bytes;
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public GobException Fault(string reason) => new(Offset, reason);

    private byte ReadByte() => Offset < End ? _bytes[Offset++] : throw Fault("unexpected EOF");
}
