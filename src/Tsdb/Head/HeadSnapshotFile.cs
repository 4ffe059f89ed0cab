using System.Buffers;
using System.Buffers.Binary;
using Tallygate.Tsdb.IO;
using Tallygate.Tsdb.Memory;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The file that holds the head of one moment. It is written under another name, synced, and renamed, so that under its own name there
/// is a whole snapshot or an older one; what is damaged there is damage. See docs/formats/head.md.
/// </summary>
internal static class HeadSnapshotFile
{
    public const string Name = "head.snapshot";
    private const string UnfinishedName = "head.snapshot.tmp";
    private const byte Version = 3;
    private const byte HeaderFrame = 1;
    private const byte SeriesFrame = 2;
    private const byte EndFrame = 3;
    private const byte LabelsFrame = 4;
    private const int FrameBytes = 256 * 1024;

    /// <summary>Writes the snapshot; it is durable on return.</summary>
    /// <returns>The length of the file.</returns>
    /// <exception cref="IOException">It could not be written; an older one is still there.</exception>
    public static long Write(IWalFileSystem files, string directory, HeadImage image)
    {
        DeleteUnfinished(files, directory);
        var unfinished = Path.Combine(directory, UnfinishedName);
        try
        {
            var length = WriteFrames(files, unfinished, image);
            files.Rename(unfinished, Path.Combine(directory, Name));
            files.SyncDirectory(directory);
            return length;
        }
        catch (IOException)
        {
            AtomicFile.TryDelete(files, unfinished);
            throw;
        }
    }

    private static long WriteFrames(IWalFileSystem files, string unfinished, HeadImage image)
    {
        using (var file = files.Create(unfinished))
        {
            var frames = new SnapshotFrames(file);
            frames.Begin();
            RecordWriter.Byte(frames.Payload, HeaderFrame);
            RecordWriter.Byte(frames.Payload, Version);
            RecordWriter.Unsigned(frames.Payload, (ulong)image.SourcePosition);
            RecordWriter.Unsigned(frames.Payload, (ulong)image.LogSequence);
            RecordWriter.Unsigned(frames.Payload, (ulong)image.Series.Count);
            RecordWriter.Signed(frames.Payload, image.MinTime);
            RecordWriter.Signed(frames.Payload, image.SealedTime);
            frames.EndFrame();
            WriteSeries(frames, image.Series);

            RecordWriter.Byte(frames.Payload, EndFrame);
            frames.EndFrame();
            file.Sync();
            return frames.Length;
        }
    }

    // Labels come before the series that are the first to have them.
    private static void WriteSeries(SnapshotFrames frames, IReadOnlyList<SeriesImage> series)
    {
        var numbers = new LabelNumbers();
        var written = new ArrayBufferWriter<byte>(FrameBytes + (FrameBytes / 4));
        for (var i = 0; i < series.Count;)
        {
            written.ResetWrittenCount();
            for (; i < series.Count && written.WrittenCount < FrameBytes; i++)
            {
                SeriesImageCodec.Write(written, series[i], numbers);
            }

            if (numbers.Fresh.Count > 0)
            {
                RecordWriter.Byte(frames.Payload, LabelsFrame);
                foreach (var label in numbers.Fresh)
                {
                    RecordWriter.Text(frames.Payload, label.Name);
                    RecordWriter.Text(frames.Payload, label.Value);
                }

                numbers.Forget();
                frames.EndFrame();
            }

            RecordWriter.Byte(frames.Payload, SeriesFrame);
            frames.Payload.Write(written.WrittenSpan);
            frames.EndFrame();
        }
    }

    /// <summary>Reads the snapshot into an empty head.</summary>
    /// <returns>What the snapshot says; zeros where there is none.</returns>
    /// <exception cref="TsdbCorruptionException">The snapshot is damaged, or of a newer version.</exception>
    public static HeadSnapshotFacts Read(IWalFileSystem files, string directory, HeadBlock head)
    {
        DeleteUnfinished(files, directory);
        var path = Path.Combine(directory, Name);
        if (!files.List(directory).Contains(Name))
        {
            return new HeadSnapshotFacts(0, 0, 0, long.MinValue);
        }

        using var file = files.Open(path, writable: false);
        Span<byte> magic = stackalloc byte[SnapshotFrames.MagicLength];
        if (file.Read(0, magic) < magic.Length || BinaryPrimitives.ReadInt64LittleEndian(magic) != SnapshotFrames.Magic)
        {
            throw new TsdbCorruptionException(path, 0, "it does not begin as a head snapshot does");
        }

        var labels = new RestoredLabels(head.Postings);
        var slab = new Slab();
        byte[] buffer = [];
        head.BeginRestore();
        Header? header = null;
        var offset = (long)SnapshotFrames.MagicLength;
        while (true)
        {
            if (!SnapshotFrames.TryRead(file, offset, ref buffer, out var length, out var reason))
            {
                throw new TsdbCorruptionException(path, offset, reason);
            }

            try
            {
                var reader = new RecordReader(buffer.AsSpan(0, length));
                var kind = reader.Byte();
                if (header is null)
                {
                    header = kind == HeaderFrame ? ReadHeader(ref reader, path) : throw reader.Bad("the first frame is no header");
                }
                else if (kind == SeriesFrame)
                {
                    ReadSeries(ref reader, slab, head, header.Version, labels);
                }
                else if (kind == LabelsFrame && header.Version > 2)
                {
                    labels.ReadLabels(ref reader);
                }
                else if (kind != EndFrame || head.SeriesCount != header.Series)
                {
                    throw reader.Bad("frames are missing, or of an unknown kind");
                }
                else
                {
                    break;
                }
            }
            catch (InvalidDataException e)
            {
                throw new TsdbCorruptionException(path, offset, e.Message);
            }

            offset += SnapshotFrames.HeaderLength + length;
        }

        offset += SnapshotFrames.HeaderLength + 1;
        if (offset != file.Length)
        {
            throw new TsdbCorruptionException(path, offset, "there is more behind the end");
        }

        head.FinishRestore(header.Source, header.SealedTime);
        return new HeadSnapshotFacts(header.Source, header.Log, file.Length, header.MinTime);
    }

    private static Header ReadHeader(ref RecordReader reader, string path)
    {
        var version = reader.Version(path, Version);
        var (source, log, series) = ((long)reader.Unsigned(), (long)reader.Unsigned(), (long)reader.Unsigned());
        return version == 1
            ? new Header(version, source, log, series, long.MinValue, long.MinValue)
            : new Header(version, source, log, series, reader.Signed(), reader.Signed());
    }

    private static void ReadSeries(ref RecordReader reader, Slab slab, HeadBlock head, int version, RestoredLabels labels)
    {
        while (reader.Left > 0)
        {
            if (!head.Restore(SeriesImageCodec.Read(ref reader, slab, version, labels), labels))
            {
                throw reader.Bad("a series stands twice");
            }
        }
    }

    private static void DeleteUnfinished(IWalFileSystem files, string directory)
    {
        if (files.List(directory).Contains(UnfinishedName))
        {
            files.Delete(Path.Combine(directory, UnfinishedName));
        }
    }

    private sealed record Header(int Version, long Source, long Log, long Series, long MinTime, long SealedTime);
}
