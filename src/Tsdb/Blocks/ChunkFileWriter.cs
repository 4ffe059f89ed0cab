using System.Buffers.Binary;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.IO;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Writes chunks one behind the other, in files of at most 512 MiB. Nothing is durable before <see cref="Finish"/>.</summary>
internal sealed class ChunkFileWriter(IWalFileSystem files, string blockDirectory) : IDisposable
{
    private readonly string _directory = Path.Combine(blockDirectory, ChunkSegments.Directory);
    private readonly List<(string Name, long Length, uint Crc)> _finished = [];
    private FileAppender? _current;

    /// <summary>How many bytes were written.</summary>
    public long Length { get; private set; }

    /// <summary>Writes a chunk; returns its reference.</summary>
    public ulong Add(ChunkEncoding encoding, ReadOnlySpan<byte> data)
    {
        Span<byte> front = stackalloc byte[Varint.MaxLength + 1];
        var length = Varint.WriteUnsigned(front, (ulong)data.Length);
        front[length] = (byte)encoding;
        if (_current is null || _current.Length + length + 1 + data.Length + sizeof(uint) > ChunkSegments.MaxBytes)
        {
            Begin();
        }

        var reference = ChunkSegments.Reference(_finished.Count, _current!.Length);
        _current.Write(front[..(length + 1)]);
        _current.Write(data);
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, front.Slice(length, 1)), data)));
        _current.Write(crc);
        Length += length + 1 + data.Length + sizeof(uint);
        return reference;
    }

    /// <summary>Syncs all files; tells what they are.</summary>
    public IReadOnlyList<(string Name, long Length, uint Crc)> Finish()
    {
        if (_current is null)
        {
            Begin();
        }

        End();
        files.SyncDirectory(_directory);
        return _finished;
    }

    public void Dispose() => _current?.Dispose();

    private void Begin()
    {
        if (_current is not null)
        {
            End();
        }

        files.CreateDirectory(_directory);
        _current = new FileAppender(files.Create(Path.Combine(_directory, ChunkSegments.NameOf(_finished.Count))));
        _current.Write(ChunkSegments.Header);
    }

    private void End()
    {
        _current!.Sync();
        _finished.Add((ChunkSegments.Directory + "/" + ChunkSegments.NameOf(_finished.Count), _current.Length, _current.Crc));
        _current.Dispose();
        _current = null;
    }
}
