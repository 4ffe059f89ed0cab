using Tallygate.Model;
using Tallygate.Tsdb;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb.Notes;

/// <summary>The bytes of exemplars and metadata in the log.</summary>
public sealed class NotesRecordTests
{
    // The examples of docs/formats/head.md.
    private const string Exemplar = "010101010400000000 0000f03f0101610162";
    private const string Family = "0101016101000162";

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    [Fact]
    public void The_exemplar_of_the_format_document_is_read()
    {
        var reader = new RecordReader(Bytes(Exemplar));
        var read = new List<(int Id, StoredExemplar Exemplar)>();
        ExemplarRecord.Read(ref reader, read);
        Assert.Equal(0, reader.Left);
        Assert.Equal((1, new StoredExemplar(Labels.Of("a", "b"), 1, 2, true)), Assert.Single(read));
    }

    [Fact]
    public void The_family_of_the_format_document_is_written_and_read()
    {
        using var batch = new WalBatch();
        MetadataRecord.Write(batch, [new FamilyDescription("a", MetricType.Counter, "b", "")]);
        var files = new SimulatedFileSystem(1);
        using (var wal = WalWriter.Open("/w", null, files))
        {
            wal.Append(batch);
        }

        byte[] payload = [];
        WalWriter.Open("/w", null, files, (_, type, bytes) => payload = type == MetadataRecord.Type ? bytes.ToArray() : []).Dispose();
        Assert.Equal(Bytes(Family), payload);

        var reader = new RecordReader(payload);
        var read = new List<FamilyDescription>();
        MetadataRecord.Read(ref reader, read);
        Assert.Equal(new FamilyDescription("a", MetricType.Counter, "b", ""), Assert.Single(read));
    }

    [Fact]
    public void Newer_versions_are_refused_by_name()
    {
        Assert.Contains("version 2", Assert.Throws<NewerVersionException>(static () =>
        {
            var reader = new RecordReader([2, 0]);
            ExemplarRecord.Read(ref reader, []);
        }).Message, StringComparison.Ordinal);
        Assert.Contains("version 2", Assert.Throws<NewerVersionException>(static () =>
        {
            var reader = new RecordReader([2, 0]);
            MetadataRecord.Read(ref reader, []);
        }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MetricType.Counter)]
    [InlineData(MetricType.Gauge)]
    [InlineData(MetricType.Histogram)]
    [InlineData(MetricType.GaugeHistogram)]
    [InlineData(MetricType.Summary)]
    [InlineData(MetricType.Info)]
    [InlineData(MetricType.StateSet)]
    [InlineData(MetricType.Untyped)]
    public void Types_come_back_from_their_numbers(MetricType type) => Assert.Equal(type, MetricTypeNumber.TypeOf(MetricTypeNumber.Of(type)));
}
