using System.Text;
using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Remote;

/// <summary>Reads an exemplar of a series.</summary>
internal static class ExemplarReader
{
    private const long NanosecondsPerMs = 1_000_000;

    /// <summary>The exemplar; null where it cannot be one, for which a request is not refused.</summary>
    /// <param name="damaged">Whether the bytes are no protobuf.</param>
    public static Exemplar? Read(ReadOnlySpan<byte> bytes, out bool damaged)
    {
        var labels = new List<Label>();
        var value = 0.0;
        var time = 0L;
        var good = true;
        damaged = false;
        var reader = new ProtoSpan(bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 0x0A:
                    good &= AddLabel(reader.Bytes(), labels, ref damaged);
                    break;
                case 0x11:
                    value = reader.Double();
                    break;
                case 0x18:
                    time = (long)reader.Varint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        damaged |= reader.Damaged;
        var sorted = labels.ToArray();
        Labels.Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            good &= sorted[i].Name != sorted[i - 1].Name;
        }

        return !good || damaged || Math.Abs((decimal)time) > long.MaxValue / NanosecondsPerMs
            ? null
            : new Exemplar(Labels.FromSorted(sorted), value, time == 0 ? null : time * NanosecondsPerMs);
    }

    private static bool AddLabel(ReadOnlySpan<byte> bytes, List<Label> labels, ref bool damaged)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        var reader = new ProtoSpan(bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 0x0A:
                    name = reader.Bytes();
                    break;
                case 0x12:
                    value = reader.Bytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        damaged |= reader.Damaged;
        if (!Utf8.IsValid(name) || !Utf8.IsValid(value))
        {
            return false;
        }

        labels.Add(new Label(Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value)));
        return true;
    }
}
