using System.Buffers.Binary;

namespace Tallygate.Wal;

/// <summary>The 32 bytes before the frames of a batch. A batch without frames is a seal: it only carries its mark.</summary>
internal readonly record struct BatchHeader(long FirstSequence, DurableMark Mark, int Count, int BodyLength)
{
    public const int Length = 32;

    private const int Checked = 8;

    public const uint Magic = 0x3142_4754; // "TGB1"

    public bool IsSeal => Count == 0;

    public long LastSequence => FirstSequence + Count - 1;

    public void Write(Span<byte> target, uint salted)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Mark.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[24..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(target[28..], BodyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Crc32C.Finish(Crc32C.Append(salted, target[Checked..Length])));
    }

    public static bool TryRead(ReadOnlySpan<byte> source, uint salted, out BatchHeader header)
    {
        header = default;
        if (source.Length < Length
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Crc32C.Finish(Crc32C.Append(salted, source[Checked..Length])))
        {
            return false;
        }

        header = new BatchHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            new DurableMark(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
            BinaryPrimitives.ReadInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[28..]));
        return header.Count >= 0 && header.BodyLength >= 0;
    }
}
