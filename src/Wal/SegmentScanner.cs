using System.Buffers;
using System.Buffers.Binary;

namespace Tallygate.Wal;

/// <summary>Reads the batches of one segment in order and checks every byte of them.</summary>
internal sealed class SegmentScanner : IDisposable
{
    private const int WindowBytes = 256 * 1024;

    private readonly IWalFile _file;
    private readonly uint _salted;
    private readonly long _end;
    private byte[] _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    private long _windowStart;
    private int _windowLength;

    /// <summary>A scanner from <paramref name="offset"/>, where a batch begins, to <paramref name="end"/>.</summary>
    public SegmentScanner(IWalFile file, ulong salt, long offset, long end)
    {
        _file = file;
        _salted = Crc32C.Salted(salt);
        _end = end;
        _windowStart = offset;
        Offset = offset;
    }

    /// <summary>Where the next batch begins.</summary>
    public long Offset { get; private set; }

    /// <summary>
    /// Reads the batch at <see cref="Offset"/> and steps behind it. <paramref name="body"/>, the frames, is valid until the next call.
    /// </summary>
    public ScanResult Read(long expectedSequence, out BatchHeader header, out ReadOnlySpan<byte> body, out string reason)
    {
        body = default;
        header = default;
        reason = "";
        if (Offset >= _end)
        {
            return ScanResult.End;
        }

        var start = Peek(Offset, BatchHeader.Length);
        if (start.Length < BatchHeader.Length)
        {
            reason = "the file ends within a batch header";
            return ScanResult.Damaged;
        }

        if (!BatchHeader.TryRead(start, _salted, out header))
        {
            reason = "no batch begins here, or the checksum of its header does not match";
            return ScanResult.Damaged;
        }

        if (header.FirstSequence != expectedSequence)
        {
            reason = $"the batch begins with record {header.FirstSequence}, but record {expectedSequence} comes next";
            return ScanResult.Damaged;
        }

        var length = BatchHeader.Length + (long)header.BodyLength;
        if (length > _end - Offset || length > Array.MaxLength)
        {
            reason = "the file ends within a batch";
            return ScanResult.Damaged;
        }

        var whole = Peek(Offset, (int)length);
        if (whole.Length < length)
        {
            reason = "the file ends within a batch";
            return ScanResult.Damaged;
        }

        body = whole[BatchHeader.Length..];
        if (!VerifyFrames(body, header, out reason))
        {
            return ScanResult.Damaged;
        }

        Offset += length;
        return ScanResult.Batch;
    }

    /// <summary>
    /// Looks behind <see cref="Offset"/>, where damage begins, for headers that are whole, and returns the highest mark among them.
    /// No payload can look like one, because it cannot know the salt.
    /// </summary>
    public DurableMark? HighestMarkBehind()
    {
        DurableMark? highest = null;
        for (var at = Offset + 8; at + BatchHeader.Length <= _end; at += 8)
        {
            var bytes = Peek(at, BatchHeader.Length);
            if (BinaryPrimitives.TryReadUInt32LittleEndian(bytes, out var magic)
                && magic == BatchHeader.Magic
                && BatchHeader.TryRead(bytes, _salted, out var header)
                && (highest is null || header.Mark.Offset > highest.Value.Offset))
            {
                highest = header.Mark;
            }
        }

        return highest;
    }

    /// <summary>The bytes of the last batch read, its header included, valid until the next call.</summary>
    public Span<byte> LastBatch(int bodyLength)
    {
        var length = BatchHeader.Length + bodyLength;
        return _window.AsSpan((int)(Offset - length - _windowStart), length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_window.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = [];
        }
    }

    private bool VerifyFrames(ReadOnlySpan<byte> body, in BatchHeader header, out string reason)
    {
        var rest = body;
        for (var i = 0; i < header.Count; i++)
        {
            var sequence = header.FirstSequence + i;
            if (!RecordFrame.TryPeek(rest, out var frame) || frame.Sequence != sequence || !frame.Verify(rest, _salted))
            {
                reason = $"the checksum of record {sequence} does not match";
                return false;
            }

            rest = rest[frame.FrameLength..];
        }

        reason = rest.IsEmpty ? "" : "bytes follow the last record of the batch";
        return rest.IsEmpty;
    }

    private ReadOnlySpan<byte> Peek(long offset, int length)
    {
        if (offset < _windowStart || offset + length > _windowStart + _windowLength)
        {
            Fill(offset, length);
        }

        var at = (int)(offset - _windowStart);
        return _window.AsSpan(at, Math.Min(length, _windowLength - at));
    }

    private void Fill(long offset, int length)
    {
        if (length > _window.Length)
        {
            ArrayPool<byte>.Shared.Return(_window);
            _window = ArrayPool<byte>.Shared.Rent(length);
        }

        var wanted = (int)Math.Min(Math.Max(length, WindowBytes), Math.Min(_end - offset, _window.Length));
        _windowLength = 0;
        _windowStart = offset;
        _windowLength = _file.Read(offset, _window.AsSpan(0, wanted));
    }
}
