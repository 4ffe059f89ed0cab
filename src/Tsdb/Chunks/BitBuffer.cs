namespace Tallygate.Tsdb.Chunks;

/// <summary>A growing buffer of bits, most significant first. One writer uses it.</summary>
internal sealed class BitBuffer
{
    private byte[] _bytes = new byte[256];
    private int _position;

    /// <summary>What is written; the last byte is filled up with zeros. Good until the next change.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, (_position + 7) >> 3);

    public void Clear()
    {
        Array.Clear(_bytes, 0, Math.Min(_bytes.Length, (_position >> 3) + BitWriter.Slack));
        _position = 0;
    }

    /// <summary>Writes the low <paramref name="count"/> bits (1 to 64) of <paramref name="value"/>; the others must be zero.</summary>
    public void Write(ulong value, int count)
    {
        Reserve();
        BitWriter.Write(_bytes, ref _position, value, count);
    }

    /// <summary>Writes a signed number in as few bits as its size asks for: 1, 5, 9, 13, 17, 24, 32, 64 or 72.</summary>
    public void WriteSigned(long value)
    {
        foreach (var (prefix, prefixBits, bits) in Varbits.Classes)
        {
            // The upper half of a class stands for negative numbers, but for its first value.
            if (value >= -((1L << (bits - 1)) - 1) && value <= 1L << (bits - 1))
            {
                WriteClass(prefix, prefixBits, bits, unchecked((ulong)value));
                return;
            }
        }

        Write(Varbits.Escape, 8);
        Write(unchecked((ulong)value), 64);
    }

    /// <summary>Writes a number that is not negative, in classes of the same sizes.</summary>
    public void WriteUnsigned(ulong value)
    {
        foreach (var (prefix, prefixBits, bits) in Varbits.Classes)
        {
            if (value >> bits == 0)
            {
                WriteClass(prefix, prefixBits, bits, value);
                return;
            }
        }

        Write(Varbits.Escape, 8);
        Write(value, 64);
    }

    /// <summary>Writes a float by the XOR against the value before.</summary>
    public void WriteXor(ref XorColumn column, long bits)
    {
        Reserve();
        XorEncoder.WriteValue(_bytes, ref _position, ref column.Lead, ref column.Trail, unchecked((ulong)(column.Bits ^ bits)));
        column.Bits = bits;
    }

    private void WriteClass(ulong prefix, int prefixBits, int bits, ulong value)
    {
        if (value == 0)
        {
            Write(0, 1);
            return;
        }

        Write((prefix << bits) | (value & ((1UL << bits) - 1)), prefixBits + bits);
    }

    private void Reserve()
    {
        if ((_position >> 3) + 16 + BitWriter.Slack > _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }
    }
}
