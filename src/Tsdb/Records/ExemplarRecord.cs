using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>Exemplars in the write-ahead log, in one batch with the commit that they came with. See docs/formats/head.md.</summary>
internal static class ExemplarRecord
{
    /// <summary>The type of the record in the log.</summary>
    public const byte Type = 4;

    private const byte Version = 1;
    private const byte OwnTime = 1;

    public static void Write(WalBatch target, List<(int Id, StoredExemplar Exemplar)> exemplars)
    {
        target.BeginRecord(Type);
        RecordWriter.Byte(target, Version);
        RecordWriter.Unsigned(target, (ulong)exemplars.Count);
        foreach (var (id, exemplar) in exemplars)
        {
            RecordWriter.Unsigned(target, (ulong)id);
            WriteOne(target, exemplar);
        }

        target.EndRecord();
    }

    public static void Read(ref RecordReader reader, List<(int Id, StoredExemplar Exemplar)> exemplars)
    {
        reader.Version("exemplars", Version);
        for (var count = reader.Count(12); count > 0; count--)
        {
            var id = reader.Unsigned();
            var series = id is > 0 and < int.MaxValue ? (int)id : throw reader.Bad("a series has an impossible id");
            exemplars.Add((series, ReadOne(ref reader)));
        }
    }

    /// <summary>Writes an exemplar, behind what says whose it is.</summary>
    public static void WriteOne(System.Buffers.IBufferWriter<byte> target, in StoredExemplar exemplar)
    {
        RecordWriter.Byte(target, exemplar.HasOwnTime ? OwnTime : (byte)0);
        RecordWriter.Signed(target, exemplar.Time);
        RecordWriter.Fixed(target, BitConverter.DoubleToInt64Bits(exemplar.Value));
        RecordWriter.Labels(target, exemplar.Labels);
    }

    /// <summary>Reads what <see cref="WriteOne"/> wrote.</summary>
    public static StoredExemplar ReadOne(ref RecordReader reader)
    {
        var flags = reader.Byte();
        if (flags > OwnTime)
        {
            throw reader.Bad($"an exemplar has the flags {flags}, which a newer version may have written");
        }

        var time = reader.Signed();
        var value = BitConverter.Int64BitsToDouble(reader.Fixed());
        return new StoredExemplar(reader.Labels(), value, time, flags == OwnTime);
    }
}
