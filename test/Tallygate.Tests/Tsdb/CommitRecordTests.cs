using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.Tsdb;

public sealed class CommitRecordTests
{
    private static byte[] Encode(IReadOnlyList<(int, Labels)> definitions, IReadOnlyList<(PendingSample Sample, long Last)> samples)
    {
        var files = new SimulatedFileSystem(1);
        using var batch = new WalBatch();
        CommitRecord.Begin(batch, definitions.Count);
        foreach (var (id, labels) in definitions)
        {
            CommitRecord.BeginDefinition(batch, id, labels.Count);
            foreach (var label in labels.AsSpan())
            {
                CommitRecord.WriteLabel(batch, label);
            }
        }

        var writer = new CommitRecord.SampleWriter(batch, samples.Count);
        foreach (var (sample, last) in samples)
        {
            writer.Write(sample, last);
        }

        writer.End();
        batch.EndRecord();
        using (var wal = WalWriter.Open("/w", null, files))
        {
            wal.Append(batch);
        }

        byte[] payload = [];
        WalWriter.Open("/w", null, files, (_, type, bytes) =>
        {
            Assert.Equal(CommitRecord.Type, type);
            payload = bytes.ToArray();
        }).Dispose();
        return payload;
    }

    private static List<PendingSample> Decode(byte[] payload, List<(int, Labels)> definitions, Func<int, long?> lastBits)
    {
        var reader = new RecordReader(payload);
        CommitRecord.ReadDefinitions(ref reader, definitions);
        var samples = new List<PendingSample>();
        CommitRecord.ReadSamples(ref reader, lastBits, samples);
        Assert.Equal(0, reader.Left);
        return samples;
    }

    [Fact]
    public void The_example_of_the_format_document_is_what_is_written()
    {
        var document = FindDocument();
        if (document is null)
        {
            Assert.Skip("docs/formats/head.md is not here");
        }

        var payload = Encode(
            [(1, Labels.Of("a", "b"))], [(new PendingSample(1, 2, BitConverter.DoubleToInt64Bits(1), null), 0)]);
        var hex = string.Join(' ', payload.Select(b => b.ToString("x2")));
        Assert.Contains($"`{hex}`", document, StringComparison.Ordinal);
    }

    private static string? FindDocument()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var path = Path.Combine(directory.FullName, "docs", "formats", "head.md");
            if (File.Exists(path))
            {
                return File.ReadAllText(path);
            }
        }

        return null;
    }

    [Fact]
    public void Any_commit_comes_back_as_it_was()
    {
        var bits = Gen.Frequency((2, Gen.Double.Select(BitConverter.DoubleToInt64Bits)), (1, Gen.Long), (1, Gen.Const(StaleMarker.Bits)));
        var starts = Gen.Frequency((3, Gen.Const(0L)), (1, Gen.Long), (1, Gen.Long[14, 16]));
        var sample = Gen.Select(Gen.Int[1, 50], Gen.OneOf(Gen.Long, Gen.Const(15L)), bits, Gen.Bool, starts, (id, time, value, histogram, start) =>
            histogram ? new PendingSample(id, time, 0, new FloatHistogram { Count = value, Schema = id }, start) : new PendingSample(id, time, value, null, start));
        Gen.Select(Gen.Select(sample, bits).Array[0, 80], bits).Sample(
            (samples, seed) =>
            {
                long Last(int id) => seed ^ (id * 977L);
                var definitions = new List<(int, Labels)>();
                var decoded = Decode(Encode([], [.. samples.Select(s => (s.Item1, Last(s.Item1.Series)))]), definitions, id => Last(id));
                Assert.Equal(samples.Select(s => s.Item1 with { Histogram = null }), decoded.Select(s => s with { Histogram = null }));
                Assert.Equal(samples.Select(s => s.Item1.Histogram?.Count), decoded.Select(s => s.Histogram?.Count));
            },
            iter: 100);
    }

    [Fact]
    public void Values_that_do_not_follow_from_the_records_before_are_refused()
    {
        var payload = Encode([], [(new PendingSample(1, 2, 77, null), 5)]);
        Assert.Throws<InvalidDataException>(() => Decode(payload, [], _ => 6));
        Assert.Throws<InvalidDataException>(() => Decode(payload, [], _ => null));
    }
}
