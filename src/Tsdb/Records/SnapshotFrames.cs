using System.Buffers;
using System.Buffers.Binary;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>
/// The outer shape of a head snapshot: a magic number, then frames of length, checksum and payload. Writing does not make anything durable.
/// </summary>
internal sealed class SnapshotFrames(IWalFile file)
{
    /// <summary>Begins every head snapshot.</summary>
    public const long Magic = 0x4E53444145484754; // "TGHEADSN"

    public const int MagicLength = 8;
    public const int HeaderLength = 8;
    private const int MaxPayload = 1 << 30;
    private readonly ArrayBufferWriter<byte> _payload = new(1 << 16);
    private long _end;

    /// <summary>The payload of the frame at hand.</summary>
    public ArrayBufferWriter<byte> Payload => _payload;

    /// <summary>The bytes written.</summary>
    public long Length => _end;

    public void Begin(long magic = Magic)
    {
        Span<byte> front = stackalloc byte[MagicLength];
        BinaryPrimitives.WriteInt64LittleEndian(front, magic);
        file.Write(0, front);
        _end = MagicLength;
        Clear();
    }

    /// <summary>Writes the frame at hand, and begins the next.</summary>
    public void EndFrame()
    {
        var payload = _payload.WrittenCount - HeaderLength;
        // The header's room at the front was reserved; the buffer is ours to complete.
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_payload.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum(frame[..4], frame[HeaderLength..]));
        file.Write(_end, frame);
        _end += frame.Length;
        Clear();
    }

    /// <summary>Reads the frame at <paramref name="offset"/>; false with a reason where it is damaged.</summary>
    /// <param name="buffer">Takes the payload, and grows where it must.</param>
    /// <param name="length">The length of the payload.</param>
    public static bool TryRead(IWalFile file, long offset, ref byte[] buffer, out int length, out string reason)
    {
        length = 0;
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.Read(offset, header) < HeaderLength)
        {
            reason = "the file ends too early";
            return false;
        }

        length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is < 1 or > MaxPayload || offset + HeaderLength + length > file.Length)
        {
            reason = "the length of a frame is wrong";
            return false;
        }

        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }

        var payload = buffer.AsSpan(0, length);
        var read = file.Read(offset + HeaderLength, payload);
        reason = "a checksum is wrong";
        return read == length && Checksum(header[..4], payload) == BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
    }

    private void Clear()
    {
        _payload.ResetWrittenCount();
        _payload.Advance(HeaderLength);
    }

    private static uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> payload) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, length), payload));
}
