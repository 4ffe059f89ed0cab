using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

/// <summary>What a newer program wrote is refused by its version, with the file's name, and left as it is; what an older one wrote is read.</summary>
public sealed class DatabaseVersionTests
{
    private const string Path = "/data/db";
    private const string Snapshot = Path + "/head.snapshot";
    private const uint WalTag = 0x31445354;

    // Two series, written with a source position: {__name__="m", i="0"} has 1 to 3 at 10, 20, 30; {__name__="m", i="1"} has 7 at 30, and 5 at
    // 20, which came late.
    private const string SnapshotOfVersion1 =
        "544748454144534E050000005FFFE4AE0101050002780000005F5A9933020102085F5F6E616D655F5F016D016901303C0000000000000840"
        + "00011480F4EE06030A87010C33110000143FF00000000000000AC25FFF6C06000202085F5F6E616D655F5F016D016901313C000000000000"
        + "1C4000013C80F4EE06010058FF000B00003C401C0000000000000101280000000000001440010000006DEA336E03";
    private const string SnapshotOfVersion2 =
        "544748454144534E190000001AE318A00102050002FFFFFFFFFFFFFFFFFF01FFFFFFFFFFFFFFFFFF017A000000EC473A0C020102085F5F6E"
        + "616D655F5F016D016901303C000000000000084000011480F4EE06030A87010C33110000143FF00000000000000AC25FFF6C060000020208"
        + "5F5F6E616D655F5F016D016901313C0000000000001C4000013C80F4EE06010058FF000B00003C401C000000000000010128000000000000"
        + "144000010000006DEA336E03";

    private static Database Open(SimulatedFileSystem files, bool withLog) => Database.Open(
        Path,
        (withLog ? DatabaseOptions.Samples with { MaxAhead = null } : DatabaseOptions.Pushes) with { Retention = null, Files = files },
        new FakeTimeProvider(),
        NullLogger.Instance);

    private static void Put(Database database, long position, params (int Series, long Time, double Value)[] samples)
    {
        using var appender = database.Appender();
        foreach (var (series, time, value) in samples)
        {
            SeriesRef reference = default;
            appender.Append(ref reference, Labels.Of("__name__", "m", "i", $"{series}"), time, value);
        }

        appender.Commit(position);
    }

    private static SimulatedFileSystem Snapshotted()
    {
        var files = new SimulatedFileSystem(1);
        using var database = Open(files, withLog: false);
        Put(database, 3, (0, 10, 1), (0, 20, 2));
        Put(database, 4, (0, 30, 3), (1, 30, 7));
        Put(database, 5, (1, 20, 5));
        return files;
    }

    private static void AssertRefused(SimulatedFileSystem files, bool withLog, string start)
    {
        var newer = Assert.Throws<NewerVersionException>(() => Open(files, withLog));
        Assert.StartsWith(start, newer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SnapshotOfVersion1)]
    [InlineData(SnapshotOfVersion2)]
    public void An_older_snapshot_is_read(string hex)
    {
        var files = new SimulatedFileSystem(1);
        files.Put(Snapshot, Convert.FromHexString(hex));
        using var database = Open(files, withLog: false);
        Assert.Equal(5, database.DurableSourcePosition);
        Assert.Equal(
            [(10, 1), (20, 2), (30, 3), (20, 5), (30, 7)],
            StorageReading.All(database).SelectMany(static s => s.Floats));
    }

    [Fact]
    public void A_newer_snapshot_is_named()
    {
        var files = Snapshotted();
        var bytes = files.Bytes(Snapshot);

        // Behind the magic number, length and checksum: the kind of the frame, then the version.
        bytes[17] = 99;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        var crc = Crc32C.Append(Crc32C.Append(Crc32C.Start, bytes.AsSpan(8, 4)), bytes.AsSpan(16, length));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Crc32C.Finish(crc));
        files.Put(Snapshot, bytes);
        AssertRefused(files, withLog: false, $"{Snapshot} was written by a newer Tallygate (version 99); this one reads up to ");
        Assert.Equal(bytes, files.Bytes(Snapshot));
    }

    [Theory]
    [InlineData(CommitRecord.Type, "a commit")]
    [InlineData(CommitRecord.SealType, "a seal")]
    [InlineData(CommitRecord.DeletionType, "a deletion")]
    public void A_newer_record_of_the_write_ahead_log_is_named(byte type, string what)
    {
        var files = new SimulatedFileSystem(1);
        using (var database = Open(files, withLog: true))
        {
            Put(database, 0, (0, 10, 1));
        }

        string segment;
        using (var wal = WalWriter.Open(Path + "/wal", new WalOptions { Tag = WalTag }, files))
        {
            using var batch = new WalBatch();
            batch.Add(type, [5, 1, 2, 3]);
            wal.Append(batch);
            segment = $"{Path}/wal/{files.List(Path + "/wal").Max()}";
        }

        var bytes = files.Bytes(segment);
        AssertRefused(files, withLog: true, $"{segment} at byte 64: {what} was written by a newer Tallygate (version 5); this one reads up to 1.");
        Assert.Equal(bytes, files.Bytes(segment));
    }

    [Fact]
    public void Newer_checksums_of_a_block_are_named_and_damaged_ones_are_damage()
    {
        var files = new SimulatedFileSystem(1);
        using (var database = Open(files, withLog: true))
        {
            for (var hour = 0; hour < 6; hour++)
            {
                Put(database, 0, (0, hour * 3_600_000L, hour));
            }

            for (var i = 0; i < 100; i++)
            {
                database.Step((6 * 3_600_000L) + i);
            }
        }

        var meta = $"{Path}/{files.ListDirectories(Path).First(Ulid.IsValid)}/{BlockMeta.FileName}";
        var original = files.Bytes(meta);
        var text = Encoding.UTF8.GetString(original).Replace("\"tallygate\": {\n\t\t\"version\": 1,", "\"tallygate\": {\n\t\t\"version\": 4,", StringComparison.Ordinal);
        var crc = text.IndexOf("\"crc\": \"", text.IndexOf("\"tallygate\"", StringComparison.Ordinal), StringComparison.Ordinal) + 8;
        text = text.Remove(crc, 8).Insert(crc, "00000000");
        var sum = Crc32C.Finish(Crc32C.Append(Crc32C.Start, Encoding.UTF8.GetBytes(text))).ToString("x8", CultureInfo.InvariantCulture);
        files.Put(meta, Encoding.UTF8.GetBytes(text.Remove(crc, 8).Insert(crc, sum)));
        AssertRefused(files, withLog: true, $"{meta} was written by a newer Tallygate (version 4); this one reads up to 1.");

        files.Put(meta, Encoding.UTF8.GetBytes(text));
        Assert.Equal(meta, Assert.Throws<TsdbCorruptionException>(() => Open(files, withLog: true)).File);

        // The key under which the checksums stand: without it the block would be taken for another program's.
        files.Put(meta, original);
        files.Flip(meta, Encoding.UTF8.GetString(original).IndexOf("tallygate", StringComparison.Ordinal) + 3, 2);
        Assert.Equal(meta, Assert.Throws<TsdbCorruptionException>(() => Open(files, withLog: true)).File);
        files.Put(meta, original);
        Open(files, withLog: true).Dispose();
    }

    /// <summary>A description as version 1 of the checksums wrote it, to the byte.</summary>
    [Fact]
    public void A_description_of_version_1_is_read()
    {
        const string Hex =
            "7B0A0922756C6964223A202230314B4230303030303030303030303030303030303030303030222C0A09226D696E54696D65223A20373230"
            + "303030302C0A09226D617854696D65223A2031343430303030302C0A09227374617473223A207B0A0909226E756D53616D706C6573223A20"
            + "352C0A0909226E756D466C6F617453616D706C6573223A20352C0A0909226E756D486973746F6772616D53616D706C6573223A20302C0A09"
            + "09226E756D536572696573223A20322C0A0909226E756D4368756E6B73223A20322C0A0909226E756D546F6D6273746F6E6573223A20300A"
            + "097D2C0A0922636F6D70616374696F6E223A207B0A0909226C6576656C223A20312C0A090922736F7572636573223A205B0A090909223031"
            + "4B4230303030303030303030303030303030303030303030220A09095D0A097D2C0A092276657273696F6E223A20312C0A092274616C6C79"
            + "67617465223A207B0A09092276657273696F6E223A20312C0A090922637263223A20226661306163323136222C0A09092266696C6573223A"
            + "207B0A090909226368756E6B732F303030303031223A207B0A09090909226C656E677468223A2039392C0A0909090922637263223A202230"
            + "31303230333034220A0909097D2C0A09090922696E646578223A207B0A09090909226C656E677468223A203331322C0A0909090922637263"
            + "223A20226666666566646663220A0909097D0A09097D2C0A09092268656164223A207B0A090909226D617854696D65223A20313434303030"
            + "30302C0A09090922736F75726365223A2031322C0A090909226C6F67223A2033340A09097D0A097D0A7D";
        var meta = BlockMetaJson.Read("meta.json", Convert.FromHexString(Hex));
        Assert.Equal(("01KB0000000000000000000000", 7_200_000L, 14_400_000L, 2L), (meta.Ulid, meta.MinTime, meta.MaxTime, meta.Stats.Series));
        Assert.Equal(new HeadMark(14_400_000, 12, 34), meta.Seal!.Head);
        Assert.Equal([("chunks/000001", 99L, 0x01020304u), ("index", 312L, 0xfffefdfcu)], meta.Seal.Files);
        Assert.Equal(Hex, Convert.ToHexString(BlockMetaJson.Write(meta)));
    }
}
