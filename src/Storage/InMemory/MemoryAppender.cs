using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Storage.InMemory;

/// <summary>Collects a batch and hands it over whole.</summary>
internal sealed class MemoryAppender(InMemoryStorage storage) : IAppender
{
    private Dictionary<MemorySeries, List<MemorySample>>? _batch = [];

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value) => Add(ref series, labels, time, value, null, 0);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value, long start) =>
        Add(ref series, labels, time, value, null, start);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) =>
        Add(ref series, labels, time, 0, histogram, 0);

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram, long start) =>
        Add(ref series, labels, time, 0, histogram, start);

    public void Commit(long sourcePosition = 0)
    {
        storage.Commit(Batch, sourcePosition);
        _batch = null;
    }

    public void Rollback() => _batch = null;

    public void Dispose() => _batch = null;

    private Dictionary<MemorySeries, List<MemorySample>> Batch => _batch ?? throw new InvalidOperationException("the appender is spent");

    private AppendStatus Add(ref SeriesRef reference, Labels labels, long time, double value, FloatHistogram? histogram, long start)
    {
        var batch = Batch;
        if (!SeriesLabels.AreValid(labels))
        {
            return AppendStatus.InvalidLabels;
        }

        var series = storage.Find(ref reference, labels);
        var status = storage.Judge(series, time, value, histogram);
        if (status != AppendStatus.Appended)
        {
            return status;
        }

        if (!batch.TryGetValue(series, out var pending))
        {
            batch.Add(series, pending = []);
        }

        status = storage.Judge(pending, time, value, histogram);
        if (status == AppendStatus.Appended)
        {
            MemorySeries.Insert(pending, new MemorySample(time, value, histogram, 0, start));
        }

        return status;
    }
}
