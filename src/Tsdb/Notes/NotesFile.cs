using System.Buffers.Binary;
using Tallygate.Model;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Notes;

/// <summary>
/// The file that holds the notes of one moment, beside the head snapshot and before it, so that the log behind it is still there when a crash
/// comes between the two. Written as a head snapshot is. See docs/formats/head.md.
/// </summary>
internal static class NotesFile
{
    public const string Name = "head.notes";
    private const long Magic = 0x314553544F4E4754; // "TGNOTES1"
    private const string UnfinishedName = "head.notes.tmp";
    private const byte Version = 1;
    private const byte HeaderFrame = 1;
    private const byte SeriesFrame = 2;
    private const byte ExemplarFrame = 3;
    private const byte FamilyFrame = 4;
    private const byte EndFrame = 5;
    private const int FrameBytes = 256 * 1024;

    /// <summary>Writes the notes; they are durable on return.</summary>
    /// <param name="logSequence">The last record of the log that is in them, or one before it.</param>
    /// <returns>The length of the file.</returns>
    /// <exception cref="IOException">It could not be written; an older one is still there.</exception>
    public static long Write(IWalFileSystem files, string directory, HeadNotes notes, long logSequence)
    {
        DeleteUnfinished(files, directory);
        var exemplars = notes.Exemplars?.All() ?? [];
        var families = notes.Metadata?.All() ?? [];
        var numbers = new Dictionary<Labels, int>();
        exemplars.ForEach(e => numbers.TryAdd(e.Series, numbers.Count));
        var unfinished = Path.Combine(directory, UnfinishedName);
        long length;
        using (var file = files.Create(unfinished))
        {
            var frames = new SnapshotFrames(file);
            frames.Begin(Magic);
            RecordWriter.Byte(frames.Payload, HeaderFrame);
            RecordWriter.Byte(frames.Payload, Version);
            RecordWriter.Unsigned(frames.Payload, (ulong)logSequence);
            RecordWriter.Unsigned(frames.Payload, (ulong)exemplars.Count);
            RecordWriter.Unsigned(frames.Payload, (ulong)families.Count);
            frames.EndFrame();
            WriteAll(frames, SeriesFrame, [.. numbers.Keys], static (frames, labels) => RecordWriter.Labels(frames.Payload, labels));
            WriteAll(frames, ExemplarFrame, exemplars, (frames, exemplar) =>
            {
                RecordWriter.Unsigned(frames.Payload, (ulong)numbers[exemplar.Series]);
                ExemplarRecord.WriteOne(frames.Payload, exemplar.Exemplar);
            });
            WriteAll(frames, FamilyFrame, families, static (frames, family) => MetadataRecord.WriteOne(frames.Payload, family));
            RecordWriter.Byte(frames.Payload, EndFrame);
            frames.EndFrame();
            length = frames.Length;
            file.Sync();
        }

        files.Rename(unfinished, Path.Combine(directory, Name));
        files.SyncDirectory(directory);
        return length;
    }

    /// <summary>Reads the notes, if there are any. What is in the file and not kept any more is passed over.</summary>
    /// <exception cref="TsdbCorruptionException">The file is damaged.</exception>
    /// <exception cref="NewerVersionException">A newer program wrote it.</exception>
    public static void Read(IWalFileSystem files, string directory, HeadNotes notes)
    {
        DeleteUnfinished(files, directory);
        var path = Path.Combine(directory, Name);
        if (!files.List(directory).Contains(Name))
        {
            return;
        }

        using var file = files.Open(path, writable: false);
        Span<byte> magic = stackalloc byte[SnapshotFrames.MagicLength];
        if (file.Read(0, magic) < magic.Length || BinaryPrimitives.ReadInt64LittleEndian(magic) != Magic)
        {
            throw Damaged(path, 0, "it does not begin as a file of exemplars and metadata does");
        }

        var shared = new Dictionary<string, string>();
        var series = new List<Labels>();
        var offset = (long)SnapshotFrames.MagicLength;
        (ulong Exemplars, ulong Families)? left = null;
        byte[] buffer = [];
        for (var kind = (byte)0; kind != EndFrame;)
        {
            if (!SnapshotFrames.TryRead(file, offset, ref buffer, out var length, out var reason))
            {
                throw Damaged(path, offset, reason);
            }

            try
            {
                kind = buffer[0];
                var reader = new RecordReader(buffer.AsSpan(1, length - 1), kind == SeriesFrame ? shared : null);
                left = left is { } known ? ReadFrame(kind, ref reader, series, notes, known)
                    : kind == HeaderFrame ? ReadHeader(ref reader, path, notes) : throw reader.Bad("the first frame is no header");
            }
            catch (InvalidDataException e)
            {
                throw Damaged(path, offset, e.Message);
            }

            offset += SnapshotFrames.HeaderLength + length;
        }

        if (left != (0, 0) || offset != file.Length)
        {
            throw Damaged(path, offset, "exemplars or families are missing, or there is more behind the end");
        }
    }

    private static (ulong Exemplars, ulong Families) ReadHeader(ref RecordReader reader, string path, HeadNotes notes)
    {
        reader.Version(path, Version);
        notes.LogSequence = (long)reader.Unsigned();
        return (reader.Unsigned(), reader.Unsigned());
    }

    private static (ulong Exemplars, ulong Families) ReadFrame(
        byte kind, ref RecordReader reader, List<Labels> series, HeadNotes notes, (ulong Exemplars, ulong Families) left)
    {
        while (reader.Left > 0)
        {
            switch (kind)
            {
                case SeriesFrame:
                    series.Add(reader.Labels());
                    break;
                case ExemplarFrame:
                    var number = reader.Unsigned();
                    var labels = number < (ulong)series.Count ? series[(int)number] : throw reader.Bad("an exemplar is of no series");
                    notes.Exemplars?.Restore(labels, ExemplarRecord.ReadOne(ref reader));
                    left.Exemplars--;
                    break;
                case FamilyFrame:
                    notes.Metadata?.Note(MetadataRecord.ReadOne(ref reader));
                    left.Families--;
                    break;
                default:
                    throw reader.Bad("a frame is of an unknown kind");
            }
        }

        return left;
    }

    private static void WriteAll<T>(SnapshotFrames frames, byte kind, List<T> things, Action<SnapshotFrames, T> write)
    {
        for (var i = 0; i < things.Count;)
        {
            RecordWriter.Byte(frames.Payload, kind);
            for (; i < things.Count && frames.Payload.WrittenCount < FrameBytes; i++)
            {
                write(frames, things[i]);
            }

            frames.EndFrame();
        }
    }

    private static TsdbCorruptionException Damaged(string path, long offset, string reason) =>
        new(path, offset, reason + " (without the file the samples open, and exemplars and metadata begin anew)");

    private static void DeleteUnfinished(IWalFileSystem files, string directory)
    {
        if (files.List(directory).Contains(UnfinishedName))
        {
            files.Delete(Path.Combine(directory, UnfinishedName));
        }
    }
}
