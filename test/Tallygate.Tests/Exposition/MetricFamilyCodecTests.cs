using System.Buffers;
using CsCheck;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

public sealed class MetricFamilyCodecTests
{
    private readonly Utf8StringPool _pool = new();

    [Fact]
    public void Every_family_comes_back_as_it_was_written() =>
        AnyFamily.Any.Array[0, 3].Sample(families =>
        {
            var back = Read(Write(families));
            Assert.Equal(families.Select(AnyFamily.Show), back.Select(AnyFamily.Show));
            Assert.Equal(Write(families), Write([.. back]));
        }, iter: 2_000);

    [Fact]
    public void The_bytes_are_those_of_the_schema()
    {
        var family = new MetricFamily
        {
            Name = "a",
            Help = "h",
            Type = MetricType.Gauge,
            Metrics = [new Metric { Labels = Labels.Of("x", "1"), Payload = MetricPayload.Gauge, Value = 1, TimestampMs = -1 }],
        };
        Assert.Equal(
            "28" + "0A0161" + "120168" + "1801" + "221E" + "0A060A0178120131" + "1209" + "09000000000000F03F" + "30FFFFFFFFFFFFFFFFFF01",
            Convert.ToHexString(Write(family)));
    }

    [Fact]
    public void A_family_without_type_is_a_counter_and_one_without_name_has_the_empty_name()
    {
        var family = Assert.Single(Read([0]));
        Assert.Equal(MetricType.Counter, family.Type);
        Assert.Equal("", family.Name);
        Assert.Empty(family.Metrics);
    }

    [Theory]
    [InlineData("05", "unexpected EOF")]
    [InlineData("80", "unexpected EOF")]
    [InlineData("6120310A", "unexpected EOF")]
    [InlineData("FFFFFFFF07", "unexpected EOF")]
    [InlineData("FFFFFFFFFFFFFFFFFF01", "unexpected EOF")]
    [InlineData("FFFFFFFFFFFFFFFFFF02", "proto: variable length integer overflow")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01", "proto: variable length integer overflow")]
    [InlineData("020A05", "proto: cannot parse invalid wire-format data")]
    [InlineData("0107", "proto: cannot parse invalid wire-format data")]
    [InlineData("0122", "proto: cannot parse invalid wire-format data")]
    [InlineData("050A01611809", "unknown metric type 9 of metric family \"a\"")]
    [InlineData("170A016122120A060A01781201310A060A0178120132", "unexpected EOF")]
    [InlineData("150A016122100A060A01781201310A060A0178120132", "collected metric \"a\" has two or more labels with the same name: x")]
    public void What_is_malformed_is_refused_with_a_reason(string hex, string message)
    {
        Assert.False(MetricFamilyCodec.TryReadDelimited(Convert.FromHexString(hex), _pool, out _, out var error));
        Assert.Equal(message, error.Message);
        Assert.Equal(1, error.Column);
    }

    [Fact]
    public void A_forged_length_allocates_nothing_of_that_size()
    {
        var body = Convert.FromHexString("FFFFFFFF07" + "0A0161");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(MetricFamilyCodec.TryReadDelimited(body, _pool, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
    }

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        // Field 100 as varint, fixed64, bytes, group and fixed32 around the name.
        var body = "A00601" + "A1060000000000000000" + "0A0161" + "A20602FFFF" + "A306080AA406" + "A50600000000";
        var family = Assert.Single(Read(Convert.FromHexString((body.Length / 2).ToString("X2") + body)));
        Assert.Equal("a", family.Name);
    }

    [Fact]
    public void Packed_repeated_numbers_are_read()
    {
        var histogram = "6A03020406" + "7208000000000000F03F";
        var metric = "3A" + (histogram.Length / 2).ToString("X2") + histogram;
        var family = "22" + (metric.Length / 2).ToString("X2") + metric;
        var read = Assert.Single(Read(Convert.FromHexString((family.Length / 2).ToString("X2") + family)));
        Assert.Equal([1, 2, 3], read.Metrics[0].Histogram!.PositiveDeltas);
        Assert.Equal([1.0], read.Metrics[0].Histogram!.PositiveCounts);
    }

    [Fact]
    public void No_change_of_any_bytes_throws() =>
        Gen.Select(AnyFamily.Any, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 3]).Sample((family, at, with, kind) =>
        {
            var body = Write(family).ToList();
            at %= body.Count;
            switch (kind)
            {
                case 0: body[at] = with; break;
                case 1: body.Insert(at, with); break;
                case 2: body.RemoveAt(at); break;
                default: body.RemoveRange(at, body.Count - at); break;
            }

            MetricFamilyCodec.TryReadDelimited(body.ToArray(), _pool, out _, out _);
        }, iter: 5_000);

    [Fact]
    public void Reading_the_same_push_again_allocates_no_strings()
    {
        var body = Write(Enumerable.Range(0, 14).Select(i => new MetricFamily
        {
            Name = $"records_processed_{i}",
            Type = MetricType.Gauge,
            Metrics = [new Metric { Labels = Labels.Of("stage", "load", "table", "t" + i), Payload = MetricPayload.Gauge, Value = i }],
        }).ToArray());
        var least = Allocations.Least(() =>
        {
            MetricFamilyCodec.TryReadDelimited(body, _pool, out _, out _);
        });

        // Family, list, metric, labels and their array: objects only.
        Assert.InRange(least, 1, 14 * 420);
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var body = PushBody.Utf8;
        Assert.True(Tallygate.Exposition.Text.PushTextParser.TryParse(body, new(), _pool, out var families, out _));
        var target = new ArrayBufferWriter<byte>(1 << 16);
        var least = Allocations.Least(() =>
        {
            target.ResetWrittenCount();
            foreach (var family in families)
            {
                MetricFamilyCodec.WriteDelimited(target, family);
            }
        });

        Assert.Equal(0, least);
    }

    private static byte[] Write(params MetricFamily[] families)
    {
        var target = new ArrayBufferWriter<byte>();
        foreach (var family in families)
        {
            MetricFamilyCodec.WriteDelimited(target, family);
        }

        return target.WrittenSpan.ToArray();
    }

    private List<MetricFamily> Read(byte[] body)
    {
        Assert.True(MetricFamilyCodec.TryReadDelimited(body, _pool, out var families, out var error), error.Message);
        return families;
    }
}
