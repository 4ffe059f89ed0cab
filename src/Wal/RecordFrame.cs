using System.Buffers.Binary;

namespace Tallygate.Wal;

/// <summary>
/// One record inside a batch: checksum, length, sequence (seven bytes), type (one byte), payload, zeros up to a multiple of eight.
/// The checksum covers the segment's salt and everything behind itself, the zeros too.
/// </summary>
internal readonly record struct RecordFrame(long Sequence, byte Type, int PayloadLength)
{
    public const int HeaderLength = 16;

    /// <summary>Far above what one push or one scrape may bring; a length beyond it is damage.</summary>
    public const int MaxPayload = 1 << 30;

    private const int TypeShift = 56;

    private const ulong SequenceMask = (1UL << TypeShift) - 1;

    public int FrameLength => LengthOf(PayloadLength);

    public static int LengthOf(int payload) => HeaderLength + ((payload + 7) & ~7);

    /// <summary>Completes a frame whose payload and zeros already stand in <paramref name="frame"/>.</summary>
    public void Write(Span<byte> frame, uint salted)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], PayloadLength);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], ((ulong)Type << TypeShift) | (ulong)Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Checksum(frame[..FrameLength], salted));
    }

    /// <summary>Reads the frame at the start of <paramref name="source"/>, without a look at its checksum.</summary>
    public static bool TryPeek(ReadOnlySpan<byte> source, out RecordFrame frame)
    {
        frame = default;
        if (source.Length < HeaderLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        if (length is < 0 or > MaxPayload || LengthOf(length) > source.Length)
        {
            return false;
        }

        var typeAndSequence = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
        frame = new RecordFrame((long)(typeAndSequence & SequenceMask), (byte)(typeAndSequence >> TypeShift), length);
        return true;
    }

    /// <summary>Whether the checksum of the frame at the start of <paramref name="source"/> is right.</summary>
    public bool Verify(ReadOnlySpan<byte> source, uint salted) =>
        BinaryPrimitives.ReadUInt32LittleEndian(source) == Checksum(source[..FrameLength], salted);

    public ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> source) => source.Slice(HeaderLength, PayloadLength);

    private static uint Checksum(ReadOnlySpan<byte> frame, uint salted) => Crc32C.Finish(Crc32C.Append(salted, frame[sizeof(uint)..]));
}
