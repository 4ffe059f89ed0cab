namespace Tallygate.Wal.Simulation;

/// <summary>An open file of a <see cref="SimulatedFileSystem"/>.</summary>
internal sealed class SimulatedFile(SimulatedFileSystem system, string path, SimulatedContent content, bool writable) : IWalFile
{
    private readonly int _life = system.Life;
    private bool _disposed;

    public long Length => system.Do(_life, () => content.Length);

    public int Read(long offset, Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return system.Read(_life, content, offset, buffer);
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        CheckWritable();
        system.Write(_life, path, content, offset, bytes);
    }

    public void Truncate(long length)
    {
        CheckWritable();
        system.Truncate(_life, content, length);
    }

    public void Sync()
    {
        CheckWritable();
        system.Sync(_life, path, content);
    }

    public void Dispose() => _disposed = true;

    private void CheckWritable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!writable)
        {
            throw new IOException($"{path} is open for reading only");
        }
    }
}
