using System.Text;
using System.Text.Unicode;
using Tallygate.Model;

namespace Tallygate.Remote;

/// <summary>Reads what a request says of a metric family.</summary>
internal static class MetadataReader
{
    /// <summary>
    /// The description; null where it names no family, or has text that is not UTF-8, for which a request is not refused.
    /// </summary>
    /// <param name="damaged">Whether the bytes are no protobuf.</param>
    public static FamilyDescription? Read(ReadOnlySpan<byte> bytes, out bool damaged)
    {
        var type = 0UL;
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> help = default;
        ReadOnlySpan<byte> unit = default;
        var reader = new ProtoSpan(bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case 0x08:
                    type = reader.Varint();
                    break;
                case 0x12:
                    name = reader.Bytes();
                    break;
                case 0x22:
                    help = reader.Bytes();
                    break;
                case 0x2A:
                    unit = reader.Bytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        damaged = reader.Damaged;
        return damaged || name.IsEmpty || !Utf8.IsValid(name) || !Utf8.IsValid(help) || !Utf8.IsValid(unit)
            ? null
            : new FamilyDescription(Text(name), MetricTypeNumber.TypeOf(type), Text(help), Text(unit));
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
