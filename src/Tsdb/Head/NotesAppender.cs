using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Notes;

namespace Tallygate.Tsdb.Head;

/// <summary>The side door of an appender: what a batch says beside its samples. Most batches say nothing and have none.</summary>
internal sealed class NotesAppender(HeadBlock head, HeadNotes notes, HeadAppender appender) : IExemplarAppender, IMetadataAppender
{
    public ExemplarStatus Append(SeriesRef series, Labels labels, Exemplar exemplar, long time)
    {
        var batch = appender.Batch;
        if ((head.Find(series) ?? head.Find(labels)) is not { } found)
        {
            return ExemplarStatus.UnknownSeries;
        }

        labels = labels.Count > 0 ? labels : found.Labels;
        var stored = StoredExemplar.Of(exemplar, time);
        var status = notes.Exemplars?.Judge(labels, stored) ?? ExemplarStatus.NotKept;
        if (status == ExemplarStatus.Appended)
        {
            (batch.Notes ??= new PendingNotes()).Exemplars.Add(new PendingExemplar(found.Row, found.Id, labels, stored));
        }

        return status;
    }

    public void Note(FamilyDescription family)
    {
        var batch = appender.Batch;
        if (notes.Metadata?.IsNews(family) == true)
        {
            (batch.Notes ??= new PendingNotes()).Families.Add(family);
        }
    }
}
