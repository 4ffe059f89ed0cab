using System.Buffers;

namespace Tallygate.Server.Http;

/// <summary>A growing run of bytes in a pooled array. Not thread-safe; whoever holds it last disposes of it.</summary>
internal sealed class PooledBytes : IDisposable
{
    private byte[] _bytes;

    public PooledBytes(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    /// <summary>The array behind it; only the first <see cref="Length"/> bytes count.</summary>
    public byte[] Array => _bytes;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Free space of at least <paramref name="least"/> bytes behind what is there.</summary>
    public Span<byte> Free(int least)
    {
        if (_bytes.Length - Length < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(System.Array.MaxLength, Math.Max((long)_bytes.Length * 2, (long)Length + least)));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Says that the first <paramref name="count"/> bytes of the free space are filled.</summary>
    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }
}
