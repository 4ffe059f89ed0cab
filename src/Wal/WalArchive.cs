namespace Tallygate.Wal;

/// <summary>
/// A log that is only read: after its writer, or beside it. Nothing is changed and nothing is locked; what the writer appends later is not
/// seen. Thread-safe.
/// </summary>
public sealed class WalArchive
{
    private const int Tries = 3;

    private readonly IWalFileSystem _files;
    private readonly WalContents _contents;

    private WalArchive(IWalFileSystem files, WalContents contents)
    {
        _files = files;
        _contents = contents;
    }

    /// <summary>The first record that is there; one more than <see cref="LastSequence"/> where there is none.</summary>
    public long FirstSequence => _contents.Segments.Count > 0 ? _contents.Segments[0].Header.BaseSequence : 1;

    /// <summary>The last whole record.</summary>
    public long LastSequence => _contents.LastSequence;

    /// <summary>What a start would cut off the end; beside a running writer it may be what is just being written. Null for nothing.</summary>
    public TornTail? Tail => _contents.Tail;

    /// <summary>The segments in order.</summary>
    public IReadOnlyList<WalArchiveSegment> Segments =>
        _contents.Segments.ConvertAll(static s => new WalArchiveSegment(s.Path, s.End, s.Header.BaseSequence, s.LastSequence));

    /// <summary>Reads and checks every byte of the log in <paramref name="directory"/>.</summary>
    /// <param name="tag">Whose log it is.</param>
    /// <exception cref="WalCorruptionException">Acknowledged records cannot be read.</exception>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public static WalArchive Open(string directory, uint tag, IWalFileSystem? files = null)
    {
        files ??= DiskFileSystem.Instance;
        for (var tries = 1; ; tries++)
        {
            var before = Bytes(files, directory);
            try
            {
                return new WalArchive(files, WalInspection.Read(files, directory, tag, visit: null));
            }
            catch (WalCorruptionException) when (tries < Tries && Bytes(files, directory) != before)
            {
                // A writer went on meanwhile: what looked damaged may have been a batch on its way.
            }
        }
    }

    /// <summary>Reads the records behind <paramref name="sequence"/>.</summary>
    public WalReader ReadAfter(long sequence) => new(_files, _contents.Segments, sequence, _contents.LastSequence);

    private static long Bytes(IWalFileSystem files, string directory)
    {
        var bytes = 0L;
        foreach (var name in files.List(directory))
        {
            if (SegmentName.TryParse(name, out _))
            {
                using var file = files.Open(Path.Combine(directory, name), writable: false);
                bytes += file.Length;
            }
        }

        return bytes;
    }
}
