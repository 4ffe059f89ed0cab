using System.Buffers.Binary;
using System.Globalization;
using Tallygate.Tsdb.IO;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Import;

/// <summary>
/// Reads a write-ahead log of Prometheus: the newest checkpoint, then the segments behind it. The unfinished end that a crash leaves in
/// the last segment ends the reading, as it does in Prometheus; damage anywhere else is told. The log of late samples,
/// <c>wbl</c>, is such a log without checkpoints.
/// </summary>
internal sealed class PrometheusLog(IWalFileSystem files, string directory)
{
    private const int PageBytes = 32 * 1024;
    private const int HeaderBytes = 7;
    private const int SnappyFlag = 8;
    private const int ZstdFlag = 16;
    private const string CheckpointPrefix = "checkpoint.";
    private const string ImportedSuffix = ".imported";

    /// <summary>Whether there is such a log.</summary>
    public bool Exists => Segments(directory).Count > 0 || Checkpoints().Count > 0;

    /// <summary>The records in their order.</summary>
    /// <exception cref="TsdbCorruptionException">The log is damaged, or packed in a way that is not read.</exception>
    public IEnumerable<byte[]> Read()
    {
        var checkpoints = Checkpoints();
        var from = -1;
        if (checkpoints.Count > 0)
        {
            from = checkpoints[^1];
            var checkpoint = Path.Combine(directory, CheckpointPrefix + from.ToString("D8", CultureInfo.InvariantCulture));
            foreach (var segment in Segments(checkpoint))
            {
                foreach (var record in ReadSegment(Path.Combine(checkpoint, Name(segment)), isLast: false))
                {
                    yield return record;
                }
            }
        }

        var segments = Segments(directory).FindAll(s => s > from);
        foreach (var segment in segments)
        {
            foreach (var record in ReadSegment(Path.Combine(directory, Name(segment)), segment == segments[^1]))
            {
                yield return record;
            }
        }
    }

    /// <summary>Gives the files other names, so that they are kept but not read again.</summary>
    public void SetAside()
    {
        foreach (var segment in Segments(directory))
        {
            var path = Path.Combine(directory, Name(segment));
            files.Rename(path, path + ImportedSuffix);
        }

        foreach (var checkpoint in Checkpoints())
        {
            var path = Path.Combine(directory, CheckpointPrefix + checkpoint.ToString("D8", CultureInfo.InvariantCulture));
            files.RenameDirectory(path, path + ImportedSuffix);
        }

        files.SyncDirectory(directory);
    }

    private static string Name(int segment) => segment.ToString("D8", CultureInfo.InvariantCulture);

    private List<int> Segments(string folder)
    {
        var found = new List<int>();
        foreach (var name in files.List(folder))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && name == Name(index))
            {
                found.Add(index);
            }
        }

        found.Sort();
        return found;
    }

    private List<int> Checkpoints()
    {
        var found = new List<int>();
        foreach (var name in files.ListDirectories(directory))
        {
            if (name.StartsWith(CheckpointPrefix, StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(CheckpointPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                found.Add(index);
            }
        }

        found.Sort();
        return found;
    }

    // Records are cut into fragments that never cross a page of 32 KiB.
    private IEnumerable<byte[]> ReadSegment(string path, bool isLast)
    {
        var bytes = AtomicFile.ReadAll(files, path);
        var record = new List<byte>();
        for (var at = 0; at < bytes.Length;)
        {
            var page = PageBytes - (at % PageBytes);
            if (page < HeaderBytes || bytes[at] == 0)
            {
                at += page;
                continue;
            }

            var kind = bytes[at] & 7;
            var whole = at + HeaderBytes <= bytes.Length;
            var length = whole ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 1)) : 0;
            if (!whole || at + HeaderBytes + length > bytes.Length || HeaderBytes + length > page
                || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 3))
                    != Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(at + HeaderBytes, length))))
            {
                if (isLast)
                {
                    yield break;
                }

                throw new TsdbCorruptionException(path, at, "a fragment of Prometheus's log is damaged");
            }

            // 1 whole, 2 first, 3 middle, 4 last.
            if (kind is 1 or 2)
            {
                record.Clear();
            }

            record.AddRange(bytes.AsSpan(at + HeaderBytes, length));
            if (kind is 1 or 4)
            {
                yield return Unpack(record.ToArray(), bytes[at], path, at);
            }

            at += HeaderBytes + length;
        }
    }

    private static byte[] Unpack(byte[] record, byte flags, string path, int at)
    {
        var unpacked = (flags & ZstdFlag) != 0 ? ZstdFrame.TryDecode(record)
            : (flags & SnappyFlag) != 0 ? SnappyBlock.TryDecode(record)
            : record;
        return unpacked ?? throw new TsdbCorruptionException(path, at, "a record cannot be unpacked");
    }
}
