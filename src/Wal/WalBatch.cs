using System.Buffers;
using System.Buffers.Binary;

namespace Tallygate.Wal;

/// <summary>
/// Records on their way into a log: they become durable together or not at all. Reusable: <see cref="Clear"/> keeps the buffer.
/// A payload is added whole, or written in place through <see cref="IBufferWriter{T}"/> between <see cref="BeginRecord"/> and
/// <see cref="EndRecord"/>. Not thread-safe; a batch that is being appended must not be touched.
/// </summary>
public sealed class WalBatch : IBufferWriter<byte>, IDisposable
{
    private const int SmallBuffer = 16 * 1024;

    // A batch of a hundred thousand new series is rare; neither this buffer nor the shared pool is to hold its memory from then on.
    private const int LargestKept = 1 << 20;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
    private int _length = BatchHeader.Length;
    private int _frame = -1;

    /// <summary>The number of complete records.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes that the batch takes on disk.</summary>
    public int Length => _length;

    /// <summary>Adds a record.</summary>
    public void Add(byte type, ReadOnlySpan<byte> payload)
    {
        BeginRecord(type);
        payload.CopyTo(GetSpan(payload.Length));
        Advance(payload.Length);
        EndRecord();
    }

    /// <summary>Begins a record; its payload is what is written until <see cref="EndRecord"/>.</summary>
    public void BeginRecord(byte type)
    {
        if (_frame >= 0)
        {
            throw new InvalidOperationException("the record before is not ended");
        }

        Reserve(RecordFrame.HeaderLength);
        _frame = _length;
        _length += RecordFrame.HeaderLength;
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_frame + 8), (ulong)type << 56);
    }

    /// <summary>Ends the record.</summary>
    public void EndRecord()
    {
        if (_frame < 0)
        {
            throw new InvalidOperationException("no record was begun");
        }

        var payload = _length - _frame - RecordFrame.HeaderLength;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload, RecordFrame.MaxPayload);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_frame + 4), payload);
        var end = _frame + RecordFrame.LengthOf(payload);
        Reserve(end - _length);
        _buffer.AsSpan(_length, end - _length).Clear();
        _length = end;
        _frame = -1;
        Count++;
    }

    /// <summary>Forgets the record that was begun: for a payload that turned out not to be encodable.</summary>
    public void CancelRecord()
    {
        if (_frame >= 0)
        {
            _length = _frame;
            _frame = -1;
        }
    }

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        if (_buffer.Length > LargestKept)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        }

        _length = BatchHeader.Length;
        _frame = -1;
        Count = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(_length);
    }

    /// <summary>Returns the buffer; the batch is not usable any more.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            GiveBack();
            _buffer = [];
        }
    }

    /// <summary>Gives the records their sequences, the batch its mark, and all of it checksums; returns the bytes to write.</summary>
    internal ReadOnlySpan<byte> Stamp(long firstSequence, DurableMark mark, uint salted)
    {
        if (_frame >= 0)
        {
            throw new InvalidOperationException("a record is not ended");
        }

        var bytes = _buffer.AsSpan(0, _length);
        Stamp(bytes, Count, firstSequence, mark, salted);
        return bytes;
    }

    /// <summary>The same for a batch that came from disk.</summary>
    internal static void Stamp(Span<byte> batch, int count, long firstSequence, DurableMark mark, uint salted)
    {
        new BatchHeader(firstSequence, mark, count, batch.Length - BatchHeader.Length).Write(batch, salted);
        var rest = batch[BatchHeader.Length..];
        for (var sequence = firstSequence; rest.Length > 0; sequence++)
        {
            if (!RecordFrame.TryPeek(rest, out var frame))
            {
                throw new InvalidOperationException("the batch does not consist of frames");
            }

            frame = frame with { Sequence = sequence };
            frame.Write(rest, salted);
            rest = rest[frame.FrameLength..];
        }
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length >= more)
        {
            return;
        }

        var length = Math.Max(_length + more, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        var larger = length > LargestKept ? GC.AllocateUninitializedArray<byte>(length) : ArrayPool<byte>.Shared.Rent(length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        GiveBack();
        _buffer = larger;
    }

    private void GiveBack()
    {
        if (_buffer.Length <= LargestKept)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
