using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Notes;
using Tallygate.Tsdb.Records;
using Tallygate.Wal;

namespace Tallygate.Tsdb.Head;

/// <summary>The samples in memory, and the one place where they change.</summary>
/// <remarks>
/// Doctrine. Commits are applied one at a time under the commit lock: judged again where another came in between, written to the
/// write-ahead log (where there is one; if that fails nothing has changed), applied to the series under a new version, and published.
/// Readers hold a version and never take the commit lock. Series are created before their first commit; a series nobody has
/// committed to has no visible sample.
/// </remarks>
internal sealed class HeadBlock(HeadOptions options) : IDisposable
{
    private readonly Lock _commitLock = new();
    private readonly Stack<AppendBatch> _batches = new();

    // The versions from which on batches and images know rows of series; the lock of the batches guards it.
    private readonly List<long> _holders = [];
    private readonly OpenVersions _versions = new();
    private readonly SeriesTable _series = new();
    private readonly CommitScope _scope = new() { ChunkRange = options.ChunkRange };
    private HeadLog? _log;
    private long _minTime = long.MinValue;
    private long _maxTime = long.MinValue;
    private HeadMark? _inBlocks;
    private bool _takesLate;

    /// <summary>What is kept beside samples; null: nothing. Set before the first commit.</summary>
    public HeadNotes? Notes { get; set; }

    public bool AllowsLate => options.AllowLate || _takesLate;

    public MemPostings Postings => _series.Postings;

    public OpenVersions Versions => _versions;

    /// <summary>How many series there are.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>The time before which blocks hold the in-order samples, or are being written: nothing in order comes before it any more.</summary>
    public long MinTime => Volatile.Read(ref _minTime);

    /// <summary>The newest time there is; the smallest number where there is none.</summary>
    public long MaxTime => Volatile.Read(ref _maxTime);

    /// <summary>A time that no in-order sample comes before; the largest number where there is none.</summary>
    public long OldestTime { get; private set; } = long.MaxValue;

    /// <summary>The earliest time that a late sample may have.</summary>
    public long LateFrom => _takesLate ? long.MinValue : options.LateWindow switch
    {
        null => long.MaxValue,
        long.MaxValue => long.MinValue,
        var window => MaxTime == long.MinValue ? long.MinValue : MaxTime - window.Value,
    };

    /// <summary>About how many bytes of source the commits since the start have brought: what a replay would have to go through.</summary>
    public long CommittedBytes { get; private set; }

    /// <summary>How many commits and statements could not be written to the write-ahead log.</summary>
    public long LogFailures => _log?.Failures ?? 0;

    /// <summary>From now on commits are written to <paramref name="wal"/> first.</summary>
    public void Attach(WalWriter wal) => _log = new HeadLog(wal, _series.Rows);

    public IAppender Appender(long now)
    {
        lock (_batches)
        {
            var batch = _batches.Count > 0 ? _batches.Pop() : new AppendBatch(_series.Rows);
            batch.BaseVersion = _versions.Newest;
            batch.BaseMinTime = MinTime;
            _holders.Add(batch.BaseVersion);
            return new HeadAppender(this, batch, now);
        }
    }

    public void GiveBack(AppendBatch batch)
    {
        batch.Clear();
        lock (_batches)
        {
            _holders.Remove(batch.BaseVersion);
            _batches.Push(batch);
        }
    }

    /// <summary>Takes late samples of any time until the result is disposed of: at the start, while nobody else appends.</summary>
    public IDisposable TakeLate()
    {
        _takesLate = true;
        return new LateTaking(this);
    }

    public bool IsInBounds(long time, long now) =>
        (options.MaxAhead is not { } ahead || time <= now + ahead)
        && (time >= MinTime || time >= LateFrom)
        && (options.AllowLate || options.Retention is not { } retention || time >= now - retention);

    /// <inheritdoc cref="SeriesTable.Find(SeriesRef)"/>
    public MemSeries? Find(SeriesRef reference) => _series.Find(reference);

    public MemSeries? Find(int id) => _series.Find(id);

    /// <summary>The series of these labels, or null where there is none.</summary>
    public MemSeries? Find(Labels labels) => _series.Find(labels);

    public MemSeries FindOrCreate(Labels labels) => _series.FindOrCreate(labels);

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
            if (sourcePosition > 0 && _inBlocks is { } mark && sourcePosition <= mark.Source)
            {
                batch.LeaveOutBefore(mark.MaxTime);
            }

            if (_log is not null && (batch.Count > 0 || batch.Notes is not null))
            {
                CommittedBytes += _log.Write(batch);
            }

            Apply(batch, sourcePosition);
            if (batch.Notes is not null)
            {
                Notes?.Apply(batch.Notes);
            }
        }
    }

    /// <summary>Applies a commit that the write-ahead log has kept.</summary>
    public void Replay(ReadOnlySpan<PendingSample> samples)
    {
        Begin();
        foreach (ref readonly var sample in samples)
        {
            var series = Find(sample.Series) ?? throw new System.Diagnostics.UnreachableException();
            if (sample.Start != 0)
            {
                series.NoteStart(sample.Time, sample.Start);
            }

            series.AppendAlone(sample.Time, sample.Bits, sample.Histogram, _scope);
            Note(sample.Time);
        }

        _versions.Publish(_scope.Version, 0);
    }

    /// <summary>Applies floats of many commits that the write-ahead log has kept, series by series, as one.</summary>
    /// <param name="scratch">Where bits are made; all zero.</param>
    /// <param name="oldest">The earliest time among them.</param>
    /// <param name="newest">The latest time among them.</param>
    public void Replay(IEnumerable<(int Id, ReadOnlyMemory<StagedSample> Samples)> runs, byte[] scratch, long oldest, long newest)
    {
        Begin();
        foreach (var (id, samples) in runs)
        {
            var series = Find(id) ?? throw new System.Diagnostics.UnreachableException();
            series.AppendAlone(samples.Span, _scope, scratch);
        }

        Note(oldest);
        Note(newest);
        _versions.Publish(_scope.Version, 0);
    }

    /// <inheritdoc cref="SeriesTable.Define"/>
    public bool Define(IReadOnlyList<(int Id, Labels Labels)> definitions, Action beforeRemoval) =>
        _series.Define(definitions, beforeRemoval, () => _versions.Newest);

    /// <summary>No series has a larger id than this.</summary>
    public int LastId => _series.LastId;

    /// <summary>Takes over a series from a head snapshot; false where it contradicts another.</summary>
    public bool Restore(in SeriesImage image, RestoredLabels labels)
    {
        if (_series.Restore(image.Id, labels) is not { } series)
        {
            return false;
        }

        series.SetDefined(true);
        series.Restore(image, _scope);
        if (image.HasInOrder)
        {
            Note(image.Closed.Length > 0 ? image.Closed.Span[0].MinTime : image.OpenMinTime);
            Note(image.LastTime);
        }

        return true;
    }

    /// <summary>Series of a head snapshot follow.</summary>
    public void BeginRestore() => Begin();

    /// <summary>Publishes what was restored.</summary>
    /// <param name="sealedTime">The time before which nothing in order comes any more.</param>
    public void FinishRestore(long sourcePosition, long sealedTime)
    {
        RaiseMinTime(sealedTime);
        _versions.Publish(_scope.Version, sourcePosition);
    }

    /// <summary>
    /// From now on no sample before <paramref name="time"/> comes in order. All that there is before it now can be put into blocks.
    /// </summary>
    /// <returns>The version that has all of it, and what blocks then hold.</returns>
    public (long Version, HeadMark Mark) Seal(long time)
    {
        lock (_commitLock)
        {
            if (time > _minTime)
            {
                // A replay must know from where on what comes before the time is late.
                _log?.WriteSeal(time);
            }

            RaiseMinTime(time);
            return (_versions.Newest, new HeadMark(time, _versions.SourcePosition, _log?.LastSequence ?? 0));
        }
    }

    /// <summary>
    /// As <see cref="Seal"/>, and holds the version, so that what it has can still be told while commits go on. Whoever asked releases it.
    /// </summary>
    public (long Version, HeadMark Mark) SealAndHold(long time)
    {
        lock (_commitLock)
        {
            var stand = Seal(time);
            _versions.Acquire(stand.Version);
            return stand;
        }
    }

    /// <summary>Blocks hold what a mark says: a replay leaves it out.</summary>
    public void LeaveOut(HeadMark mark)
    {
        _inBlocks = mark;
        RaiseMinTime(mark.MaxTime);
    }

    /// <summary>
    /// Drops what blocks hold: all before <paramref name="time"/> up to a version, and series with nothing left. In pieces, between which
    /// commits go on. No reader may be open that relies on it.
    /// </summary>
    public IEnumerable<int> Truncate(long time, long version)
    {
        const int Piece = 2048;
        lock (_commitLock)
        {
            OldestTime = long.MaxValue;
        }

        var last = _series.LastId;
        var empty = new List<MemSeries>();
        var oldest = long.MaxValue;
        for (var from = 1; from <= last; from += Piece)
        {
            lock (_commitLock)
            {
                for (var id = from; id < from + Piece; id++)
                {
                    if (Find(id) is { } series && series.DropBefore(time, version, ref oldest))
                    {
                        empty.Add(series);
                    }
                }
            }

            yield return 0;
        }

        lock (_commitLock)
        {
            // One that was empty may have samples again.
            var gone = new HashSet<int>();
            foreach (var series in empty)
            {
                if (!series.IsRemoved && series.DropBefore(time, version, ref oldest))
                {
                    gone.Add(series.Id);
                }
            }

            _series.Remove(gone, _versions.Newest);
            OldestTime = Math.Min(oldest, OldestTime);
        }
    }

    /// <summary>All series, in no order. Who keeps them beyond the next commit holds a version.</summary>
    public List<MemSeries> AllSeries() => _series.All();

    /// <summary>All series in the order of their labels. Who keeps them beyond the next commit holds a version.</summary>
    public List<MemSeries> SeriesByLabels() => _series.ByLabels();

    /// <summary>The bytes of the flat memory of the series.</summary>
    public long FlatBytes => _series.Rows.FlatBytes;

    /// <summary>Forgets the labels of series that no query has asked for since the last call.</summary>
    public void ForgetLabels() => _series.Rows.ForgetLabels();

    /// <summary>Hides samples, after they were written to the write-ahead log as deleted.</summary>
    /// <returns>How many series lost samples.</returns>
    public int Delete(ReadOnlySpan<int> ids, long minTime, long maxTime)
    {
        lock (_commitLock)
        {
            var deleted = new List<(int Id, Interval Interval)>();
            foreach (var id in ids)
            {
                if (Find(id)?.Delete(minTime, maxTime) is { } interval)
                {
                    deleted.Add((id, interval));
                }
            }

            if (deleted.Count > 0)
            {
                _log?.WriteDeletion(deleted);
            }

            return deleted.Count;
        }
    }

    /// <summary>
    /// All series as they stand between two commits, the source position and the log sequence at that moment. To be disposed of: until then the
    /// labels can be told.
    /// </summary>
    /// <param name="minTime">The time before which blocks hold the in-order samples.</param>
    public HeadImage Image(long minTime)
    {
        lock (_commitLock)
        {
            var version = _versions.Newest;
            lock (_batches)
            {
                _holders.Add(version);
            }

            var images = new List<SeriesImage>(_series.Count);
            var last = _series.LastId;
            for (var id = 1; id <= last; id++)
            {
                if (Find(id)?.Image() is { HasSamples: true } image)
                {
                    images.Add(image);
                }
            }

            return new HeadImage(
                this, images, version, _versions.SourcePosition, _log?.LastSequence ?? 0, CommittedBytes, minTime, _minTime);
        }
    }

    /// <summary>The labels of an image's series are not needed any more.</summary>
    public void GiveBack(HeadImage image)
    {
        lock (_batches)
        {
            _holders.Remove(image.Version);
        }
    }

    /// <summary>Drops the chunks whose samples all come before <paramref name="time"/>, and series with none left.</summary>
    public int DropBefore(long time)
    {
        lock (_commitLock)
        {
            var gone = new HashSet<int>();
            var last = _series.LastId;
            for (var id = 1; id <= last; id++)
            {
                if (Find(id)?.DropBefore(time) == true)
                {
                    gone.Add(id);
                }
            }

            _series.Remove(gone, _versions.Newest);
            return gone.Count;
        }
    }

    public void Dispose() => _log?.Dispose();

    // Under the commit lock.
    private void LeaveOutOvertaken(AppendBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].IsRemoved)
            {
                batch.Replace(i, FindOrCreate(batch[i].Labels));
            }
        }

        if (batch.BaseVersion != _versions.Newest || batch.BaseMinTime != MinTime)
        {
            batch.LeaveOutOvertaken(MinTime, LateFrom);
        }
    }

    // Under the commit lock.
    private void Apply(AppendBatch batch, long sourcePosition)
    {
        Begin();
        for (var i = 0; i < batch.Count; i++)
        {
            var (series, sample) = (batch[i], batch.SampleAt(i));
            if (sample.Start != 0)
            {
                series.NoteStart(sample.Time, sample.Start);
            }

            series.Append(sample.Time, sample.Bits, sample.Histogram, _scope);
            Note(sample.Time);
        }

        if (_log is null)
        {
            CommittedBytes += 16L * batch.Count;
        }

        _versions.Publish(_scope.Version, sourcePosition);
    }

    private void Note(long time)
    {
        if (time > _maxTime)
        {
            Volatile.Write(ref _maxTime, time);
        }

        OldestTime = Math.Min(OldestTime, Math.Max(time, _minTime));
    }

    // Under the commit lock: the oldest version that a reader or a batch may hold series of.
    private long OldestHeld()
    {
        lock (_batches)
        {
            var oldest = _scope.OpenVersions.Length > 0 ? _scope.OpenVersions[0] : long.MaxValue;
            foreach (var version in _holders)
            {
                oldest = Math.Min(oldest, version);
            }

            return oldest;
        }
    }

    /// <summary>Nothing in order comes before a time any more.</summary>
    public void RaiseMinTime(long time)
    {
        if (time > _minTime)
        {
            Volatile.Write(ref _minTime, time);
            _scope.MinTime = time;
        }
    }

    private sealed class LateTaking(HeadBlock head) : IDisposable
    {
        public void Dispose() => head._takesLate = false;
    }

    private void Begin()
    {
        _scope.Version = _versions.Newest + 1;
        _scope.OpenVersions = _versions.Ascending();
        if (_series.HasRemoved)
        {
            _series.Reclaim(OldestHeld());
        }
    }
}
