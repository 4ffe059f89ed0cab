using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>A deletion in the write-ahead log: which times of which series of the head. See docs/formats/head.md.</summary>
internal static class DeletionRecord
{
    private const byte Version = 1;

    public static void Write(WalBatch target, List<(int Id, Interval Interval)> deleted)
    {
        target.BeginRecord(CommitRecord.DeletionType);
        RecordWriter.Byte(target, Version);
        RecordWriter.Unsigned(target, (ulong)deleted.Count);
        foreach (var (id, interval) in deleted)
        {
            RecordWriter.Unsigned(target, (ulong)id);
            RecordWriter.Signed(target, interval.MinTime);
            RecordWriter.Signed(target, interval.MaxTime);
        }

        target.EndRecord();
    }

    public static void Read(ref RecordReader reader, List<(int Id, Interval Interval)> deleted)
    {
        reader.Version("a deletion", Version);
        for (var count = reader.Count(3); count > 0; count--)
        {
            deleted.Add(((int)reader.Unsigned(), new Interval(reader.Signed(), reader.Signed())));
        }
    }
}
