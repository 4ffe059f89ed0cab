using Tallygate.Wal;

namespace Tallygate.Tsdb.Records;

/// <summary>Says in the write-ahead log that from here on samples before a time are late, whatever their series has. See docs/formats/head.md.</summary>
internal static class SealRecord
{
    private const byte Version = 1;

    public static void Write(WalBatch target, long time)
    {
        target.BeginRecord(CommitRecord.SealType);
        RecordWriter.Byte(target, Version);
        RecordWriter.Signed(target, time);
        target.EndRecord();
    }

    public static long Read(ref RecordReader reader)
    {
        reader.Version("a seal", Version);
        return reader.Signed();
    }
}
