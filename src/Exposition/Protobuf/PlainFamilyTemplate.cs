using System.Buffers;
using System.Buffers.Binary;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>A family of plain metrics as bytes, with the places of its values: for families that come again with other values.</summary>
internal sealed class PlainFamilyTemplate
{
    // No tags and lengths hold these bytes, nor does text in UTF-8. Where a label holds them all the same, they are found too often.
    private const ulong Mark = 0xF9FA_FBFC_FDFE_FFF5;

    private readonly MetricFamily _family;
    private readonly Labels[] _labels;
    private readonly MetricPayload _payload;
    private readonly byte[] _bytes;
    private readonly int[] _places;

    private PlainFamilyTemplate(MetricFamily family, PlainMetrics metrics, byte[] bytes, int[] places)
    {
        _family = family;
        _labels = metrics.Labels;
        _payload = metrics.Payload;
        _bytes = bytes;
        _places = places;
    }

    /// <summary>How many bytes a family of this form takes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The template of a family, whose values do not matter; null where there is none.</summary>
    public static PlainFamilyTemplate? Of(MetricFamily family, PlainMetrics metrics)
    {
        var marks = new double[metrics.Count];
        Array.Fill(marks, BitConverter.UInt64BitsToDouble(Mark));
        var form = new MetricFamily
        {
            Name = family.Name,
            Help = family.Help,
            Type = family.Type,
            Unit = family.Unit,
            Metrics = new PlainMetrics(metrics.Labels, metrics.Payload, marks),
        };
        var target = new ArrayBufferWriter<byte>();
        MetricFamilyCodec.WriteDelimited(target, form);
        var bytes = target.WrittenSpan.ToArray();
        Span<byte> mark = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(mark, Mark);
        var places = new List<int>(marks.Length);
        for (var from = 0; bytes.AsSpan(from).IndexOf(mark) is var at and >= 0; from += at + mark.Length)
        {
            places.Add(from + at);
        }

        return places.Count == marks.Length ? new PlainFamilyTemplate(form, (PlainMetrics)form.Metrics, bytes, [.. places]) : null;
    }

    /// <summary>Whether the family differs in nothing but its values.</summary>
    public bool Fits(MetricFamily family, PlainMetrics metrics) =>
        ReferenceEquals(metrics.Labels, _labels)
        && metrics.Payload == _payload
        && family.Type == _family.Type
        && family.Name == _family.Name
        && family.Help == _family.Help
        && family.Unit == _family.Unit;

    /// <summary>Appends the family with these values, in the order of its metrics.</summary>
    public void Write(IBufferWriter<byte> target, ReadOnlySpan<double> values)
    {
        var span = target.GetSpan(_bytes.Length);
        _bytes.CopyTo(span);
        for (var i = 0; i < _places.Length; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(span[_places[i]..], values[i]);
        }

        target.Advance(_bytes.Length);
    }
}
