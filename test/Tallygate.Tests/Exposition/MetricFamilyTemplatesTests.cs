using System.Buffers;
using CsCheck;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;

namespace Tallygate.Tests.Exposition;

/// <summary>Families from templates against families from their parts.</summary>
public sealed class MetricFamilyTemplatesTests
{
    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Double, Gen.OneOf(0, -0.0, double.NaN, StaleMarker.NormalNaN, BitConverter.UInt64BitsToDouble(0xF9FA_FBFC_FDFE_FFF5)));

    // The last one holds the very bytes by which templates find their values.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 0, 6], Gen.OneOf("ä", "x\uDCFFy", "\uDCF5\uDCFF\uDCFE\uDCFD\uDCFC\uDCFB\uDCFA\uDCF9"));

    private static readonly Gen<MetricFamily> Family = Gen.Select(
        Text, Gen.OneOf<string?>("h", null), Gen.OneOf(MetricPayload.Gauge, MetricPayload.Counter, MetricPayload.Untyped), Text.Array[1, 4],
        (name, help, payload, labels) => new MetricFamily
        {
            Name = "m" + name,
            Help = help,
            Type = payload == MetricPayload.Counter ? MetricType.Counter : MetricType.Gauge,
            Metrics = new PlainMetrics([.. labels.Select(l => Labels.From(new Label("job", l)))], payload, new double[labels.Length]),
        });

    [Fact]
    public void What_comes_again_with_other_values_is_written_as_from_its_parts() =>
        Gen.Select(Family.Array[1, 5], Gen.Select(Gen.Int[0, 4], Value.Array[4], Gen.Bool).Array[1, 60]).Sample(
            (families, pushes) =>
            {
                var templates = new MetricFamilyTemplates();
                foreach (var (number, values, isOther) in pushes)
                {
                    var family = families[number % families.Length];
                    var plain = (PlainMetrics)family.Metrics;
                    var pushed = new MetricFamily
                    {
                        Name = family.Name,
                        Help = isOther ? "another" : family.Help,
                        Type = family.Type,
                        Metrics = new PlainMetrics(plain.Labels, plain.Payload, values),
                    };
                    var (expected, written) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
                    MetricFamilyCodec.WriteDelimited(expected, pushed);
                    templates.WriteDelimited(written, pushed);
                    Assert.Equal(expected.WrittenSpan, written.WrittenSpan);
                }
            },
            iter: 500);

    [Fact]
    public void A_family_that_comes_again_costs_no_allocation()
    {
        var templates = new MetricFamilyTemplates();
        var labels = Enumerable.Range(0, 20).Select(i => Labels.From(new Label("job", "j"), new Label("kind", "k" + i))).ToArray();
        var family = new MetricFamily { Name = "m", Type = MetricType.Gauge, Metrics = new PlainMetrics(labels, MetricPayload.Gauge, new double[20]) };
        var target = new ArrayBufferWriter<byte>(1 << 20);
        for (var i = 0; i < 5; i++)
        {
            templates.WriteDelimited(target, family);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            templates.WriteDelimited(target, family);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
