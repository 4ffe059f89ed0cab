using Tallygate.Model;
using Tallygate.Tsdb.Head;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Notes;

/// <summary>
/// What a head keeps beside samples: exemplars, and what is said of families. Both come with commits, whose lock's holder applies them, and
/// are read under locks of their own.
/// </summary>
/// <param name="Exemplars">The exemplars; null where none are kept.</param>
/// <param name="Metadata">What is said of families; null where it is not kept.</param>
internal sealed record HeadNotes(ExemplarRing? Exemplars, MetadataBook? Metadata)
{
    /// <summary>The last record of the write-ahead log that is in them, from their file; what comes behind it is replayed.</summary>
    public long LogSequence { get; set; }

    /// <summary>Makes what a commit says visible.</summary>
    public void Apply(PendingNotes pending)
    {
        foreach (var exemplar in pending.Exemplars)
        {
            Exemplars?.Add(exemplar.Labels, exemplar.Exemplar);
        }

        pending.Families.ForEach(family => Metadata?.Note(family));
    }

    /// <summary>Applies a record of the log that is of notes; false where it is none. Where notes are not kept, it is passed over.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static bool TryReplay(HeadBlock head, long sequence, byte type, ReadOnlySpan<byte> payload)
    {
        if (type is not (ExemplarRecord.Type or MetadataRecord.Type))
        {
            return false;
        }

        if (head.Notes is { } notes && sequence > notes.LogSequence)
        {
            notes.Replay(head, type, payload);
        }

        return true;
    }

    private void Replay(HeadBlock head, byte type, ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(payload);
        if (type == MetadataRecord.Type)
        {
            var families = new List<FamilyDescription>();
            MetadataRecord.Read(ref reader, families);
            families.ForEach(family => Metadata?.Note(family));
            return;
        }

        var exemplars = new List<(int Id, StoredExemplar Exemplar)>();
        ExemplarRecord.Read(ref reader, exemplars);
        foreach (var (id, exemplar) in exemplars)
        {
            // A series that a snapshot no longer has was dropped since, with all that it had.
            if (Exemplars is not null && head.Find(id) is { } series)
            {
                Exemplars.Add(series.Labels, exemplar);
            }
        }
    }
}
