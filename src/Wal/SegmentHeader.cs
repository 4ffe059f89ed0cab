using System.Buffers.Binary;

namespace Tallygate.Wal;

/// <summary>
/// The first 64 bytes of a segment. They are synced before anything is written behind them, and they state what came before:
/// all of the previous segment up to <see cref="PreviousEnd"/> is durable, and what lies beyond it was given up.
/// </summary>
internal readonly record struct SegmentHeader(
    uint Tag, long Index, long BaseSequence, long PreviousIndex, long PreviousEnd, ulong Salt)
{
    public const int Length = 64;

    /// <summary>The format version that is written, and the only one so far.</summary>
    public const ushort Version = 1;

    private const int Checked = Length - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "TALLYWAL"u8;

    public void Write(Span<byte> target)
    {
        target[..Length].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(target[12..], Tag);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Index);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], BaseSequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], PreviousIndex);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], PreviousEnd);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], Salt);
        BinaryPrimitives.WriteUInt32LittleEndian(target[Checked..], Crc32C.Finish(Crc32C.Append(Crc32C.Start, target[..Checked])));
    }

    /// <summary>Whether a header of any version stands here undamaged.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> source) =>
        source.Length >= Length
        && source.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(source[Checked..]) == Crc32C.Finish(Crc32C.Append(Crc32C.Start, source[..Checked]));

    /// <summary>The version of a whole header.</summary>
    public static ushort VersionOf(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);

    public static bool TryRead(ReadOnlySpan<byte> source, out SegmentHeader header, out string reason)
    {
        header = default;
        if (source.Length < Length || !source.StartsWith(Magic))
        {
            reason = "the segment header is missing";
            return false;
        }

        if (!IsWhole(source))
        {
            reason = "the checksum of the segment header does not match";
            return false;
        }

        if (VersionOf(source) != Version)
        {
            reason = $"the segment has format version {VersionOf(source)}, which there never was";
            return false;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[48..]));
        reason = "";
        return true;
    }
}
