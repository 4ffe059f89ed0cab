using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>Puts the records of the write-ahead log that come behind the head snapshot into the head.</summary>
internal sealed class HeadReplay(HeadBlock head, string directory, long behind, HeadMark? mark)
{
    private readonly List<(int Id, Labels Labels)> _definitions = [];
    private readonly List<PendingSample> _samples = [];
    private readonly List<(int Id, Interval Interval)> _deleted = [];
    private readonly Dictionary<string, string> _shared = [];

    /// <summary>The version that has all of what the mark covers, once a record behind it was seen; else null.</summary>
    public long? CoveredVersion { get; private set; }

    /// <summary>How many records were applied.</summary>
    public long Records { get; private set; }

    public void Visit(long sequence, byte type, ReadOnlySpan<byte> payload)
    {
        if (sequence <= behind)
        {
            return;
        }

        if (mark is { } covered && sequence > covered.Log && CoveredVersion is null)
        {
            CoveredVersion = head.Versions.Newest;
        }

        Records++;
        try
        {
            var reader = new RecordReader(payload, _shared);
            if (type == CommitRecord.SealType)
            {
                head.RaiseMinTime(SealRecord.Read(ref reader));
                return;
            }

            if (type == CommitRecord.DeletionType)
            {
                _deleted.Clear();
                DeletionRecord.Read(ref reader, _deleted);
                foreach (var (id, interval) in _deleted)
                {
                    head.Find(id)?.Delete(interval.MinTime, interval.MaxTime);
                }

                return;
            }

            if (type != CommitRecord.Type)
            {
                throw reader.Bad($"it is of type {type}, which a newer version may have written");
            }

            _definitions.Clear();
            _samples.Clear();
            CommitRecord.ReadDefinitions(ref reader, _definitions);
            if (!head.Define(_definitions))
            {
                throw reader.Bad("an id belongs to another series");
            }

            CommitRecord.ReadSamples(ref reader, id => head.Find(id)?.LastBits, _samples);
            head.Replay(CollectionsMarshal.AsSpan(_samples));
        }
        catch (InvalidDataException e)
        {
            throw new TsdbCorruptionException(directory, 0, $"record {sequence} cannot be applied: {e.Message}");
        }
    }
}
