using Tallygate.Exposition;
using Tallygate.Wal;

namespace Tallygate.PushLog.Embedded;

/// <summary>
/// The log of a data directory, to be read only: of a stopped server, or beside a running one, as far as it went when this was opened. Nothing
/// is changed and nothing is locked. Thread-safe.
/// </summary>
public sealed class PushLogArchive
{
    private readonly WalArchive _wal;
    private readonly Utf8StringPool _strings = new();

    private PushLogArchive(WalArchive wal) => _wal = wal;

    /// <summary>The first entry that is there.</summary>
    public LogPosition First => new(_wal.FirstSequence);

    /// <summary>The last entry; <see cref="LogPosition.None"/> where there is none.</summary>
    public LogPosition Head => new(_wal.LastSequence);

    /// <summary>The files, in order.</summary>
    public IReadOnlyList<WalArchiveSegment> Segments => _wal.Segments;

    /// <summary>What is unfinished at the end, which the next start cuts; null for nothing.</summary>
    public TornTail? Tail => _wal.Tail;

    /// <summary>Reads and checks every byte of the log in <paramref name="directory"/>.</summary>
    /// <exception cref="WalCorruptionException">Acknowledged pushes cannot be read; the message says where.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static PushLogArchive Open(string directory) => Open(directory, DiskFileSystem.Instance);

    /// <summary>Opens a log on another file system than the real one.</summary>
    internal static PushLogArchive Open(string directory, IWalFileSystem files) => new(WalArchive.Open(directory, EmbeddedPushLog.Tag, files));

    /// <summary>The entries behind <paramref name="after"/>, in order.</summary>
    /// <exception cref="WalCorruptionException">An entry is whole by its checksum, but cannot be read.</exception>
    public IEnumerable<PushLogEntry> Read(LogPosition after)
    {
        using var reader = _wal.ReadAfter(after.Value);
        while (reader.Read())
        {
            yield return EntryStream.Entry(reader, _strings);
        }
    }
}
