using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using Tallygate.Wal.Simulation;
using ZstdSharp;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Tsdb.Import;

/// <summary>What is taken over of a log of Prometheus that Debian's version cannot write; the rest has tests with its real files.</summary>
public sealed class PrometheusImportTests
{
    private const string Folder = "/data/db";
    private const byte Zstd = 16;

    private readonly SimulatedFileSystem _files = new(2);

    private static byte[] Series => new PrometheusLogBytes().Byte(1)
        .Fixed(1).Labels("__name__", "a_bucket", "le", "+Inf").Fixed(2).Labels("__name__", "b").ToArray();

    private static byte[] Samples(params (int Series, long Time, double Value)[] samples)
    {
        var record = new PrometheusLogBytes().Byte(2).Fixed(0).Fixed(0);
        foreach (var (series, time, value) in samples)
        {
            record.Signed(series).Signed(time).Double(value);
        }

        return record.ToArray();
    }

    private static byte[] Pack(byte[] record)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(record).ToArray();
    }

    private Database Open() => Database.Open(
        Folder,
        DatabaseOptions.Samples with { Files = _files, MaxAhead = null, Retention = null, MaxExemplars = 100, KeepMetadata = true },
        new FakeTimeProvider(),
        NullLogger.Instance);

    private void Write(string folder, params (byte[] Record, byte Flags)[] records)
    {
        _files.CreateDirectory(Path.Combine(Folder, folder));
        _files.Put(Path.Combine(Folder, folder, "00000000"), PrometheusLogBytes.Segment(records));
    }

    [Fact]
    public void Exemplars_metadata_and_zstd_records_are_taken_over_and_stay()
    {
        var exemplars = new PrometheusLogBytes().Byte(4).Fixed(1).Fixed(1000)
            .Signed(0).Signed(0).Double(0.5).Labels("trace_id", "x").Signed(1).Signed(5).Double(7).Labels().ToArray();
        var metadata = new PrometheusLogBytes().Byte(6)
            .Unsigned(1).Byte(3).Unsigned(3).Text("UNIT").Text("seconds").Text("NEW").Text("?").Text("HELP").Text("How long.")
            .Unsigned(2).Byte(1).Unsigned(2).Text("UNIT").Text("").Text("HELP").Text("How many.").ToArray();
        Write("wal", (Series, 0), (Pack(Samples((1, 1000, 1), (2, 1000, 2), (2, 2000, 3))), Zstd), (Pack(exemplars), Zstd), (metadata, 0));
        for (var life = 0; life < 2; life++)
        {
            using var database = Open();
            Assert.Equal([2.0, 3.0], StorageReading.All(database).Single(static s => s.Labels.Name == "b").Floats.Select(static f => f.Value));
            var found = database.SelectExemplars(0, 9999, [[new LabelMatcher(MatchType.NotEqual, "__name__", "")]]);
            Assert.Equal(["a_bucket", "b"], found.Select(static s => s.Series.Name));
            Assert.Equal(new StoredExemplar(Labels.Of("trace_id", "x"), 0.5, 1000, false), Assert.Single(found[0].Exemplars));
            Assert.Equal(new StoredExemplar(Labels.Empty, 7, 1005, false), Assert.Single(found[1].Exemplars));
            Assert.Equal(
                [new FamilyDescription("a", MetricType.Histogram, "How long.", "seconds"), new FamilyDescription("b", MetricType.Counter, "How many.", "")],
                database.Metadata.OrderBy(static m => m.Family));
        }

        Assert.Contains("00000000.imported", _files.List(Path.Combine(Folder, "wal")));
    }

    [Fact]
    public void Late_samples_come_between_the_others_and_deletions_hide_them_too()
    {
        Write(
            "wal",
            (Series, 0),
            (Samples((1, 1000, 1), (2, 1000, 1), (1, 9000, 9), (2, 9000, 9)), 0),
            (new PrometheusLogBytes().Byte(3).Fixed(2).Signed(0).Signed(5000).ToArray(), 0));
        Write("wbl", (Samples((1, 4000, 4), (2, 4000, 4), (1, 1000, 1), (1, 2000, 2)), 0), (Samples((2, 6000, 6)), 0));
        for (var life = 0; life < 2; life++)
        {
            using var database = Open();
            var all = StorageReading.All(database);
            Assert.Equal([1000L, 2000, 4000, 9000], all.Single(static s => s.Labels.Name == "a_bucket").Floats.Select(static f => f.Time));
            Assert.Equal([6000L, 9000], all.Single(static s => s.Labels.Name == "b").Floats.Select(static f => f.Time));
        }

        Assert.Contains("00000000.imported", _files.List(Path.Combine(Folder, "wbl")));
    }

    [Fact]
    public void A_record_that_cannot_be_unpacked_stops_the_start()
    {
        Write("wal", (Series, 0), ([1, 2, 3, 4], Zstd));
        var damage = Assert.Throws<TsdbCorruptionException>(Open);
        Assert.Contains("a record cannot be unpacked", damage.Message, StringComparison.Ordinal);
        Assert.EndsWith("wal/00000000", damage.File, StringComparison.Ordinal);
    }
}
