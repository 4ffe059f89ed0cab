using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage.InMemory;

namespace Tallygate.Storage;

/// <summary>
/// All ports over plain lists: the simple twin of the database for tests, scripts and overlays. Thread-safe. A series is found by looking
/// at all of them. It takes any time, and calls the newest position it was given durable, since it lasts as long as it does.
/// </summary>
public sealed class InMemoryStorage : IQueryableStorage, IAppendableStorage, IDeletableStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Labels, MemorySeries> _byLabels = [];
    private readonly List<MemorySeries> _series = [];
    private readonly bool _allowOutOfOrder;
    private long _version;
    private long _sourcePosition;

    /// <param name="allowOutOfOrder">Whether a series takes samples that are older than its newest.</param>
    public InMemoryStorage(bool allowOutOfOrder = false) => _allowOutOfOrder = allowOutOfOrder;

    /// <inheritdoc/>
    public long DurableSourcePosition
    {
        get
        {
            lock (_lock)
            {
                return _sourcePosition;
            }
        }
    }

    /// <inheritdoc/>
    public IAppender Appender() => new MemoryAppender(this);

    /// <inheritdoc/>
    public void Delete(long minTime, long maxTime, IReadOnlyList<LabelMatcher> matchers)
    {
        lock (_lock)
        {
            foreach (var series in _series.Where(s => matchers.All(m => m.Matches(s.Labels))))
            {
                series.Samples.RemoveAll(s => s.Time >= minTime && s.Time <= maxTime);
            }
        }
    }

    /// <inheritdoc/>
    public IQuerier Querier(long minTime, long maxTime) => Querier(Version(), minTime, maxTime);

    /// <inheritdoc/>
    public IStorageSnapshot Snapshot() => new MemorySnapshot(this, Version());

    internal MemoryQuerier Querier(long version, long minTime, long maxTime) => new(this, version, minTime, maxTime);

    /// <summary>The samples of all series that the version has in the range, as copies.</summary>
    internal List<FrozenSeries> Read(long version, long minTime, long maxTime, IReadOnlyList<LabelMatcher> matchers)
    {
        lock (_lock)
        {
            var found = new List<FrozenSeries>();
            foreach (var series in _series)
            {
                if (matchers.All(m => m.Matches(series.Labels)))
                {
                    var samples = series.Read(version, minTime, maxTime);
                    if (samples.Count > 0)
                    {
                        found.Add(new FrozenSeries(series.Labels, samples));
                    }
                }
            }

            return found;
        }
    }

    /// <summary>The series of the reference or of the labels; a new one where there is none.</summary>
    internal MemorySeries Find(ref SeriesRef reference, Labels labels)
    {
        lock (_lock)
        {
            if (reference.Value > 0 && reference.Value <= (ulong)_series.Count)
            {
                return _series[(int)reference.Value - 1];
            }

            if (!_byLabels.TryGetValue(labels, out var series))
            {
                series = new MemorySeries(labels, new SeriesRef((ulong)_series.Count + 1));
                _byLabels.Add(labels, series);
                _series.Add(series);
            }

            reference = series.Reference;
            return series;
        }
    }

    internal AppendStatus Judge(MemorySeries series, long time, double value, FloatHistogram? histogram)
    {
        lock (_lock)
        {
            return MemorySeries.Judge(series.Samples, time, value, histogram, _allowOutOfOrder);
        }
    }

    internal AppendStatus Judge(List<MemorySample> pending, long time, double value, FloatHistogram? histogram) =>
        MemorySeries.Judge(pending, time, value, histogram, _allowOutOfOrder);

    internal void Commit(Dictionary<MemorySeries, List<MemorySample>> batch, long sourcePosition)
    {
        lock (_lock)
        {
            if (sourcePosition > 0 && sourcePosition <= _sourcePosition)
            {
                return;
            }

            var version = _version + 1;
            foreach (var (series, samples) in batch)
            {
                foreach (var sample in samples)
                {
                    var status = MemorySeries.Judge(series.Samples, sample.Time, sample.Value, sample.Histogram, _allowOutOfOrder);
                    if (status == AppendStatus.Appended)
                    {
                        MemorySeries.Insert(series.Samples, sample with { Version = version });
                    }
                }
            }

            _sourcePosition = Math.Max(_sourcePosition, sourcePosition);
            _version = version;
        }
    }

    private long Version()
    {
        lock (_lock)
        {
            return _version;
        }
    }
}
