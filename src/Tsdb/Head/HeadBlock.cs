using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Head;

/// <summary>The samples in memory, and the one place where they change.</summary>
/// <remarks>
/// Doctrine. Commits are applied one at a time under the commit lock: judged again where another came in between, written to the
/// write-ahead log (where there is one; if that fails nothing has changed), applied to the series under a new version, and published.
/// Readers hold a version and never take the commit lock. Series are created under the index lock, before their first commit; a series
/// nobody has committed to has no visible sample. Ids ascend from 1 and are never given twice.
/// </remarks>
internal sealed class HeadBlock : IDisposable
{
    private readonly HeadOptions _options;
    private readonly Lock _commitLock = new();
    private readonly Lock _indexLock = new();
    private readonly Stack<AppendBatch> _batches = new();
    private readonly OpenVersions _versions = new();
    private readonly SeriesMap _map;
    private readonly CommitScope _scope;
    private readonly WalBatch _record = new();
    private readonly List<MemSeries> _undefined = [];
    private MemSeries?[] _byId = new MemSeries?[64];
    private int _lastId;
    private int _seriesCount;
    private WalWriter? _wal;

    public HeadBlock(HeadOptions options)
    {
        _options = options;
        _map = new SeriesMap(options.Hash);
        _scope = new CommitScope { ChunkRange = options.ChunkRange };
    }

    public bool AllowsLate => _options.AllowLate;

    public MemPostings Postings { get; } = new();

    public OpenVersions Versions => _versions;

    /// <summary>How many series there are.</summary>
    public int SeriesCount => Volatile.Read(ref _seriesCount);

    /// <summary>About how many bytes of source the commits since the start have brought: what a replay would have to go through.</summary>
    public long CommittedBytes { get; private set; }

    /// <summary>From now on commits are written to <paramref name="wal"/> first.</summary>
    public void Attach(WalWriter wal) => _wal = wal;

    public IAppender Appender(long now)
    {
        lock (_batches)
        {
            var batch = _batches.Count > 0 ? _batches.Pop() : new AppendBatch();
            batch.BaseVersion = _versions.Newest;
            return new HeadAppender(this, batch, now);
        }
    }

    public void GiveBack(AppendBatch batch)
    {
        batch.Clear();
        lock (_batches)
        {
            _batches.Push(batch);
        }
    }

    public bool IsInBounds(long time, long now) =>
        (_options.MaxAhead is not { } ahead || time <= now + ahead)
        && (_options.AllowLate || _options.Retention is not { } retention || time >= now - retention);

    /// <summary>The series of a reference, or null where there is none.</summary>
    public MemSeries? Find(SeriesRef reference)
    {
        var byId = Volatile.Read(ref _byId);
        return reference.Value < (ulong)byId.Length ? Volatile.Read(ref byId[reference.Value]) : null;
    }

    public MemSeries? Find(int id) => Find(new SeriesRef((ulong)id));

    public MemSeries FindOrCreate(Labels labels)
    {
        lock (_indexLock)
        {
            return _map.Find(labels) ?? Add(_lastId + 1, labels);
        }
    }

    /// <summary>Makes a batch visible, whole.</summary>
    public void Commit(AppendBatch batch, long sourcePosition)
    {
        lock (_commitLock)
        {
            if (sourcePosition > 0 && sourcePosition <= _versions.SourcePosition)
            {
                // The source is being replayed over samples that are here already.
                return;
            }

            LeaveOutOvertaken(batch);
            if (_wal is not null && batch.Count > 0)
            {
                Write(batch, _wal);
            }

            Apply(batch.Series, batch.Samples, sourcePosition);
        }
    }

    /// <summary>Applies a commit that the write-ahead log has kept.</summary>
    public void Replay(ReadOnlySpan<PendingSample> samples)
    {
        Begin();
        foreach (ref readonly var sample in samples)
        {
            Find(sample.Series)!.Append(sample.Time, sample.Bits, sample.Histogram, _scope);
        }

        _versions.Publish(_scope.Version, 0);
    }

    /// <summary>
    /// Makes series that a commit in the write-ahead log is the first to name. False where an id belongs to another series. Where the
    /// labels belong to another id, retention had dropped that series before these came again, so it is dropped here too.
    /// </summary>
    public bool Define(IReadOnlyList<(int Id, Labels Labels)> definitions)
    {
        lock (_indexLock)
        {
            var gone = new HashSet<int>();
            foreach (var (id, labels) in definitions)
            {
                if (_map.Find(labels) is { } other && other.Id != id)
                {
                    gone.Add(other.Id);
                }
            }

            if (gone.Count > 0)
            {
                Remove(gone);
            }

            foreach (var (id, labels) in definitions)
            {
                if (Find(id) is not { } known)
                {
                    Add(id, labels).IsDefined = true;
                }
                else if (!known.Labels.Equals(labels))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Takes over a series from a head snapshot; false where it contradicts another.</summary>
    public bool Restore(in SeriesImage image)
    {
        Begin();
        MemSeries series;
        lock (_indexLock)
        {
            if (Find(image.Id) is not null || _map.Find(image.Labels) is not null)
            {
                return false;
            }

            series = Add(image.Id, image.Labels);
            series.IsDefined = true;
        }

        series.Restore(image, _scope);
        return true;
    }

    /// <summary>Publishes what was restored.</summary>
    public void FinishRestore(long sourcePosition) => _versions.Publish(_scope.Version, sourcePosition);

    /// <summary>All series as they stand between two commits, the source position and the log sequence at that moment.</summary>
    public HeadImage Image()
    {
        lock (_commitLock)
        {
            var images = new List<SeriesImage>(_seriesCount);
            var byId = Volatile.Read(ref _byId);
            foreach (var series in byId)
            {
                if (series is not null && series.Image() is { HasSamples: true } image)
                {
                    images.Add(image);
                }
            }

            return new HeadImage(images, _versions.Newest, _versions.SourcePosition, _wal?.LastSequence ?? 0, CommittedBytes);
        }
    }

    /// <summary>Drops the chunks whose samples all come before <paramref name="time"/>, and series with none left.</summary>
    public int DropBefore(long time)
    {
        lock (_commitLock)
        {
            var gone = new HashSet<int>();
            foreach (var series in _byId)
            {
                if (series is not null && series.DropBefore(time))
                {
                    gone.Add(series.Id);
                }
            }

            if (gone.Count > 0)
            {
                Remove(gone);
            }

            return gone.Count;
        }
    }

    public void Dispose() => _record.Dispose();

    // Under the commit lock.
    private void LeaveOutOvertaken(AppendBatch batch)
    {
        var series = batch.Series;
        for (var i = 0; i < series.Length; i++)
        {
            if (series[i].IsRemoved)
            {
                series[i] = FindOrCreate(series[i].Labels);
                batch.Samples[i].Series = series[i].Id;
            }
        }

        if (batch.BaseVersion != _versions.Newest)
        {
            batch.LeaveOutOvertaken(_options.AllowLate);
        }
    }

    // Under the commit lock.
    private void Write(AppendBatch batch, WalWriter wal)
    {
        _undefined.Clear();
        foreach (var series in batch.Series)
        {
            if (!series.IsDefined)
            {
                series.IsDefined = true;
                _undefined.Add(series);
            }
        }

        try
        {
            _record.Clear();
            CommitRecord.Begin(_record, _undefined.Count);
            foreach (var series in _undefined)
            {
                CommitRecord.WriteDefinition(_record, series.Id, series.Labels);
            }

            var samples = new CommitRecord.SampleWriter(_record, batch.Count);
            for (var i = 0; i < batch.Count; i++)
            {
                samples.Write(batch.Samples[i], batch.Series[i].LastBits);
            }

            samples.End();
            _record.EndRecord();
            wal.Append(_record);
        }
        catch
        {
            foreach (var series in _undefined)
            {
                series.IsDefined = false;
            }

            throw;
        }

        CommittedBytes += _record.Length;
    }

    // Under the commit lock.
    private void Apply(ReadOnlySpan<MemSeries> series, ReadOnlySpan<PendingSample> samples, long sourcePosition)
    {
        Begin();
        for (var i = 0; i < samples.Length; i++)
        {
            series[i].Append(samples[i].Time, samples[i].Bits, samples[i].Histogram, _scope);
        }

        if (_wal is null)
        {
            CommittedBytes += 16L * samples.Length;
        }

        _versions.Publish(_scope.Version, sourcePosition);
    }

    private void Begin()
    {
        _scope.Version = _versions.Newest + 1;
        _scope.OpenVersions = _versions.Ascending();
    }

    // Under the index lock.
    private MemSeries Add(int id, Labels labels)
    {
        _lastId = Math.Max(_lastId, id);
        var series = new MemSeries(id, Postings.Add(id, labels));
        _map.Add(series);
        if (id >= _byId.Length)
        {
            var larger = new MemSeries?[Math.Max(id + 1, _byId.Length * 2)];
            _byId.CopyTo(larger, 0);
            Volatile.Write(ref _byId, larger);
        }

        Volatile.Write(ref _byId[id], series);
        Volatile.Write(ref _seriesCount, _seriesCount + 1);
        return series;
    }

    private void Remove(HashSet<int> gone)
    {
        lock (_indexLock)
        {
            foreach (var id in gone)
            {
                var series = _byId[id]!;
                series.IsRemoved = true;
                _map.Remove(series);
                Volatile.Write(ref _byId[id], null);
            }

            Volatile.Write(ref _seriesCount, _seriesCount - gone.Count);
            Postings.Remove(gone);
        }
    }
}
