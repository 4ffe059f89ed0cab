using Tallygate.Wal;

namespace Tallygate.Tsdb.IO;

/// <summary>
/// Writes a new file from its start to its end, in large pieces, and knows the checksum of all of it. Now and then what was written is
/// synced, so that the last sync has little left to do. Nothing is durable before <see cref="Sync"/>. Not thread-safe.
/// </summary>
internal sealed class FileAppender(IWalFile file) : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const long SyncEveryBytes = 8 << 20;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private long _flushed;
    private long _synced;
    private uint _crc = Crc32C.Start;

    /// <summary>How much has been written.</summary>
    public long Length => _flushed + _buffered;

    /// <summary>The checksum of all that was written.</summary>
    public uint Crc => Crc32C.Finish(_crc);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _crc = Crc32C.Append(_crc, bytes);
        while (bytes.Length > 0)
        {
            if (_buffered == BufferBytes)
            {
                Flush();
            }

            var part = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..part].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += part;
            bytes = bytes[part..];
        }
    }

    /// <summary>Fills up with zeros to a multiple of <paramref name="size"/>.</summary>
    public void Align(int size)
    {
        Span<byte> zeros = stackalloc byte[16];
        zeros.Clear();
        var over = (int)(Length % size);
        if (over > 0)
        {
            Write(zeros[..(size - over)]);
        }
    }

    /// <summary>Makes all that was written survive a power loss.</summary>
    public void Sync()
    {
        Flush();
        file.Sync();
        _synced = _flushed;
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        file.Write(_flushed, _buffer.AsSpan(0, _buffered));
        _flushed += _buffered;
        _buffered = 0;
        if (_flushed - _synced >= SyncEveryBytes)
        {
            file.Sync();
            _synced = _flushed;
        }
    }
}
