using System.Buffers.Binary;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Tests.PushLog;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Wal;

/// <summary>A log that a newer program wrote is refused by its version, with the file's name, and left as it is.</summary>
public sealed class WalVersionTests
{
    private const string Directory = "/log";
    private static readonly string _first = Path.Combine(Directory, SegmentName.Of(1));

    private static SimulatedFileSystem Written(byte type)
    {
        var files = new SimulatedFileSystem(1);
        using var writer = WalWriter.Open(Directory, new WalOptions { Tag = EmbeddedPushLog.Tag }, files);
        using var batch = new WalBatch();
        batch.Add(type, "as nobody knows yet"u8);
        writer.Append(batch);
        return files;
    }

    [Fact]
    public void A_segment_of_a_newer_version_is_named()
    {
        var files = Written(2);
        var bytes = files.Bytes(_first);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), 7);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes.AsSpan(0, 60))));
        files.Put(_first, bytes);
        foreach (var open in new Action[]
                 {
                     () => WalWriter.Open(Directory, new WalOptions { Tag = EmbeddedPushLog.Tag }, files).Dispose(),
                     () => WalArchive.Open(Directory, EmbeddedPushLog.Tag, files),
                 })
        {
            var newer = Assert.Throws<NewerVersionException>(open);
            Assert.StartsWith($"{_first} was written by a newer Tallygate (version 7); this one reads up to 1.", newer.Message, StringComparison.Ordinal);
            Assert.Equal((7, 1), (newer.Version, newer.Reads));
        }

        Assert.Equal(bytes, files.Bytes(_first));
    }

    [Fact]
    public async Task An_entry_of_a_newer_version_is_named()
    {
        var files = Written(9);
        var bytes = files.Bytes(_first);
        await using (var log = EmbeddedPushLog.Open(Directory, files: files))
        {
            var newer = await Assert.ThrowsAsync<NewerVersionException>(() => Records.ReadAll(log));
            Assert.StartsWith($"{_first} at byte 64: entry 1 was written by a newer Tallygate (version 9); this one reads up to 2.", newer.Message, StringComparison.Ordinal);
        }

        Assert.Equal(bytes, files.Bytes(_first));
        Assert.Throws<NewerVersionException>(() => PushLogArchive.Open(Directory, files).Read(LogPosition.None).ToList());
    }
}
