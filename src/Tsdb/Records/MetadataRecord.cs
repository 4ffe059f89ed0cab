using System.Buffers;
using Tallygate.Model;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>What is said of families, in the write-ahead log. See docs/formats/head.md.</summary>
internal static class MetadataRecord
{
    /// <summary>The type of the record in the log.</summary>
    public const byte Type = 5;

    private const byte Version = 1;

    public static void Write(WalBatch target, List<FamilyDescription> families)
    {
        target.BeginRecord(Type);
        RecordWriter.Byte(target, Version);
        RecordWriter.Unsigned(target, (ulong)families.Count);
        families.ForEach(family => WriteOne(target, family));
        target.EndRecord();
    }

    public static void Read(ref RecordReader reader, List<FamilyDescription> families)
    {
        reader.Version("a description of families", Version);
        for (var count = reader.Count(4); count > 0; count--)
        {
            families.Add(ReadOne(ref reader));
        }
    }

    public static void WriteOne(IBufferWriter<byte> target, FamilyDescription family)
    {
        RecordWriter.Text(target, family.Family);
        RecordWriter.Byte(target, MetricTypeNumber.Of(family.Type));
        RecordWriter.Text(target, family.Unit);
        RecordWriter.Text(target, family.Help);
    }

    /// <summary>Reads what <see cref="WriteOne"/> wrote.</summary>
    public static FamilyDescription ReadOne(ref RecordReader reader)
    {
        var (name, type, unit) = (reader.Text(), reader.Byte(), reader.Text());
        return new FamilyDescription(name, MetricTypeNumber.TypeOf(type), reader.Text(), unit);
    }
}
