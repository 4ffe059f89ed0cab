using System.Buffers.Binary;
using Tallygate.Tsdb.Chunks;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Reads the chunk files of a block, each opened when it is first needed. Each chunk's checksum is checked whenever it is read. Thread-safe.</summary>
internal sealed class ChunkFileReader(IWalFileSystem files, string blockDirectory) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IWalFile?> _open = [];
    private bool _disposed;

    /// <summary>The path of the file that a reference leads to.</summary>
    public string PathOf(ulong reference) =>
        Path.Combine(blockDirectory, ChunkSegments.Directory, ChunkSegments.NameOf(ChunkSegments.PlaceOf(reference).Segment));

    /// <summary>Reads up to <paramref name="length"/> bytes from the place of a reference on; fewer at the end of the file.</summary>
    public byte[] ReadWindow(ulong reference, int length)
    {
        var (segment, offset) = ChunkSegments.PlaceOf(reference);
        var file = Segment(segment, reference);
        length = (int)Math.Clamp(file.Length - offset, 0, length);
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        return file.Read(offset, bytes) == length ? bytes : throw Corrupt(reference, "the file became shorter while it was read");
    }

    /// <summary>Finds the chunk of a reference in bytes that begin at its place; null where they do not hold all of it.</summary>
    /// <exception cref="TsdbCorruptionException">There is no whole chunk.</exception>
    public ChunkBytes? Parse(ulong reference, byte[] bytes, int at, out int needed)
    {
        var available = bytes.AsSpan(at);
        if (!Varint.TryReadUnsigned(available, out var told, out var front))
        {
            needed = available.Length >= Varint.MaxLength ? throw Corrupt(reference, "a chunk's length cannot be read") : Varint.MaxLength;
            return null;
        }

        if (told is 0 or > (ulong)ChunkSegments.MaxBytes)
        {
            throw Corrupt(reference, $"a chunk is said to be {told} bytes long");
        }

        var length = (int)told;
        needed = front + 1 + length + sizeof(uint);
        if (needed > available.Length)
        {
            return null;
        }

        var crc = Crc32C.Finish(Crc32C.Append(Crc32C.Start, available.Slice(front, 1 + length)));
        return BinaryPrimitives.ReadUInt32BigEndian(available[(front + 1 + length)..]) == crc
            ? new ChunkBytes((ChunkEncoding)available[front], bytes, at + front + 1, length)
            : throw Corrupt(reference, "a chunk's checksum is wrong");
    }

    /// <summary>Reads one chunk.</summary>
    public ChunkBytes Read(ulong reference, int guess = 2048)
    {
        var window = ReadWindow(reference, guess);
        if (Parse(reference, window, 0, out var needed) is { } chunk)
        {
            return chunk;
        }

        window = ReadWindow(reference, needed);
        return Parse(reference, window, 0, out _) ?? throw Corrupt(reference, "a chunk is cut off");
    }

    public TsdbCorruptionException Corrupt(ulong reference, string reason) =>
        new(PathOf(reference), ChunkSegments.PlaceOf(reference).Offset, reason);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _open.ForEach(static f => f?.Dispose());
            _open.Clear();
        }
    }

    private IWalFile Segment(int segment, ulong reference)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (segment < _open.Count && _open[segment] is { } known)
            {
                return known;
            }

            if (segment > 1 << 16)
            {
                throw Corrupt(reference, "a reference leads to a file that cannot be");
            }

            while (_open.Count <= segment)
            {
                _open.Add(null);
            }

            var file = files.Open(PathOf(reference), writable: false);
            Span<byte> header = stackalloc byte[ChunkSegments.HeaderLength];
            if (file.Read(0, header) < header.Length || !header[..5].SequenceEqual(ChunkSegments.Header[..5]))
            {
                file.Dispose();
                throw new TsdbCorruptionException(PathOf(reference), 0, "it does not begin as a chunk file of version 1 does");
            }

            _open[segment] = file;
            return file;
        }
    }
}
