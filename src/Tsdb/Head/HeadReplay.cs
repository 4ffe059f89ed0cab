using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Notes;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>Puts the records of the write-ahead log that come behind the head snapshot into the head.</summary>
internal sealed class HeadReplay(HeadBlock head, string directory, long behind, HeadMark? mark)
{
    private readonly List<(int Id, Labels Labels)> _definitions = [];
    private readonly List<PendingSample> _samples = [];
    private readonly List<(int Id, Interval Interval)> _deleted = [];
    private readonly Dictionary<string, string> _shared = [];
    private readonly ReplayStage _stage = new(head);

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
            _stage.Flush();
            CoveredVersion = head.Versions.Newest;
        }

        Records++;
        try
        {
            if (HeadNotes.IsRecord(type))
            {
                head.Notes?.Replay(sequence, type, payload, id => head.Find(id)?.Labels);
                return;
            }

            var reader = new RecordReader(payload, _shared);
            if (type == CommitRecord.SealType)
            {
                _stage.Flush();
                head.RaiseMinTime(SealRecord.Read(ref reader));
                return;
            }

            if (type == CommitRecord.DeletionType)
            {
                _stage.Flush();
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

            VisitCommit(ref reader);
        }
        catch (InvalidDataException e)
        {
            throw new TsdbCorruptionException(directory, 0, $"record {sequence} cannot be applied: {e.Message}");
        }
    }

    /// <summary>All records were visited: what they have is in the head on return.</summary>
    public void Finish() => _stage.Flush();

    private void VisitCommit(ref RecordReader reader)
    {
        _definitions.Clear();
        CommitRecord.ReadDefinitions(ref reader, _definitions);
        if (_definitions.Count > 0 && !head.Define(_definitions, _stage.Flush))
        {
            throw reader.Bad("an id belongs to another series");
        }

        var floats = reader;
        if (_stage.TryAdd(ref floats))
        {
            return;
        }

        // Histograms and starts are rare, and go one by one.
        _stage.Flush();
        _samples.Clear();
        CommitRecord.ReadSamples(ref reader, id => head.Find(id)?.LastBits, _samples);
        head.Replay(CollectionsMarshal.AsSpan(_samples));
    }
}
