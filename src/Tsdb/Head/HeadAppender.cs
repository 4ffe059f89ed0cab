using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Notes;

namespace Tallygate.Tsdb.Head;

/// <summary>Collects a batch for the head.</summary>
internal sealed class HeadAppender(HeadBlock head, AppendBatch batch, long now) : IAppender
{
    private AppendBatch? _batch = batch;
    private NotesAppender? _notes;

    public IExemplarAppender? Exemplars => head.Notes is { Exemplars.IsOff: false } notes ? NotesTo(notes) : null;

    public IMetadataAppender? Metadata => head.Notes is { Metadata: not null } notes ? NotesTo(notes) : null;

    /// <summary>The batch at hand.</summary>
    public AppendBatch Batch => _batch ?? throw new InvalidOperationException("the appender is spent");

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value) =>
        Add(ref series, labels, time, BitConverter.DoubleToInt64Bits(value), null, 0);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value, long start) =>
        Add(ref series, labels, time, BitConverter.DoubleToInt64Bits(value), null, start);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) =>
        Add(ref series, labels, time, 0, histogram, 0);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram, long start) =>
        Add(ref series, labels, time, 0, histogram, start);

    public void Commit(long sourcePosition = 0)
    {
        var batch = Batch;
        _batch = null;
        try
        {
            head.Commit(batch, sourcePosition);
        }
        finally
        {
            head.GiveBack(batch);
        }
    }

    public void Rollback() => Dispose();

    public void Dispose()
    {
        if (_batch is not null)
        {
            head.GiveBack(_batch);
            _batch = null;
        }
    }

    private NotesAppender NotesTo(HeadNotes notes) => _notes ??= new NotesAppender(head, notes, this);

    private AppendStatus Add(ref SeriesRef reference, Labels labels, long time, long bits, FloatHistogram? histogram, long start)
    {
        var batch = Batch;
        if (!head.IsInBounds(time, now))
        {
            return AppendStatus.OutOfBounds;
        }

        if (head.Find(reference) is not { } series)
        {
            if (!SeriesLabels.AreValid(labels))
            {
                return AppendStatus.InvalidLabels;
            }

            series = head.FindOrCreate(labels);
            reference = new SeriesRef((ulong)series.Id);
        }

        var status = series.Judge(time, bits, histogram, head.MinTime, head.LateFrom);
        return status == AppendStatus.Appended ? batch.Add(series, time, bits, histogram, head.AllowsLate, start) : status;
    }
}
