namespace Tallygate.Wal;

/// <summary>Port: an open file of a log. Reading is thread-safe, beside writing too; writing is done by one thread at a time.</summary>
public interface IWalFile : IDisposable
{
    /// <summary>The length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>'s length; fewer bytes only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all of <paramref name="bytes"/>; after an <see cref="IOException"/> any part of them may stand in the file.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file.</summary>
    void Truncate(long length);

    /// <summary>Makes all that was written survive a power loss. After an <see cref="IOException"/> nothing is known about it, for ever.</summary>
    void Sync();
}
