using Tallygate.Model;
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

    /// <summary>Whether a record of the log is of notes.</summary>
    public static bool IsRecord(byte type) => type is ExemplarRecord.Type or MetadataRecord.Type;

    /// <summary>Applies a record of the log, if the file does not have it already.</summary>
    /// <param name="labelsOf">The labels of a series; null where there is no such series.</param>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public void Replay(long sequence, byte type, ReadOnlySpan<byte> payload, Func<int, Labels?> labelsOf)
    {
        if (sequence <= LogSequence)
        {
            return;
        }

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
            if (Exemplars is not null && labelsOf(id) is { } labels)
            {
                Exemplars.Add(labels, exemplar);
            }
        }
    }
}
