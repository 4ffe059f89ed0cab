using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// One series of the head: closed chunks, one open chunk, late samples. Its own monitor guards it and is held for nanoseconds; only the
/// holder of the commit lock changes it. Readers take a <see cref="SeriesView"/> and go on without a lock: bits once written do not
/// change, and a buffer that a reader was given is not used again.
/// </summary>
internal sealed class MemSeries(int id, Labels labels)
{
    // As Prometheus: about 120 samples in a chunk, never more than twice that, and no more bytes than a chunk of a block should have.
    private const int TargetSamples = 120;
    private const int MaxSamples = 2 * TargetSamples;
    private const int MaxBytes = 1005;

    private VisibleCounts _counts;
    private StartList? _starts;
    private HeadChunk[] _closed = [];
    private int _closedFrom;
    private int _closedTo;
    private byte[]? _open;
    private HistogramRun? _openRun;
    private XorState _xor;
    private long _openMinTime;
    private long _cutAt;
    private uint _openFirst;
    private bool _openShared;
    private long _lastTime = long.MinValue;
    private long _lastBits;
    private FloatHistogram? _lastHistogram;
    private LateSamples? _late;
    private Interval[] _deleted = [];

    public int Id => id;

    public Labels Labels => labels;

    /// <summary>The next series with the same hash bucket; the series map's lock guards it.</summary>
    public MemSeries? NextInBucket { get; set; }

    /// <summary>Whether the write-ahead log, or the snapshot before it, says which labels belong to the id. For the commit lock's holder.</summary>
    public bool IsDefined { get; set; }

    /// <summary>Whether it was dropped, so that its labels must be looked up anew. For the commit lock's holder.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>How many chunks it has, the open one among them.</summary>
    public int ChunkCount
    {
        get
        {
            lock (this)
            {
                return _closedTo - _closedFrom + (_open is null && _openRun is null ? 0 : 1);
            }
        }
    }

    /// <summary>The bits of the newest in-order float. For the commit lock's holder.</summary>
    public long LastBits => _lastBits;

    /// <summary>What becomes of a sample that would be added now.</summary>
    /// <param name="minTime">Before this time a sample is late, whatever the series has.</param>
    /// <param name="lateFrom">The earliest time that a late sample may have; the largest one refuses them all.</param>
    public AppendStatus Judge(long time, long bits, FloatHistogram? histogram, long minTime, long lateFrom)
    {
        lock (this)
        {
            if (time >= minTime && (_counts.Count == 0 || time > _lastTime))
            {
                return AppendStatus.Appended;
            }

            if (_counts.Count > 0 && time == _lastTime)
            {
                return Compare(_lastHistogram is null ? _lastBits : 0, _lastHistogram, bits, histogram);
            }

            if (time < lateFrom)
            {
                return time < minTime ? AppendStatus.OutOfBounds : AppendStatus.OutOfOrder;
            }

            if (_late is not null && _late.Find(time) is var at && at < _late.Count && _late.Span[at].Time == time)
            {
                return Compare(_late.Span[at].Bits, _late.Span[at].Histogram, bits, histogram);
            }

            return TryFindInOrder(time, out var foundBits, out var found)
                ? Compare(foundBits, found, bits, histogram)
                : AppendStatus.Appended;
        }
    }

    /// <summary>Notes when the counter of a sample began that is about to be added.</summary>
    public void NoteStart(long time, long start)
    {
        lock (this)
        {
            var oldest = _counts.Count == 0 ? time : _closedFrom < _closedTo ? _closed[_closedFrom].MinTime : _openMinTime;
            oldest = _late is { Count: > 0 } late ? Math.Min(oldest, late.Span[0].Time) : oldest;
            (_starts ??= new StartList()).Add(time, start, Math.Min(oldest, time));
        }
    }

    /// <summary>Adds a sample that was judged fit.</summary>
    public void Append(long time, long bits, FloatHistogram? histogram, CommitScope scope)
    {
        lock (this)
        {
            if (time < scope.MinTime || (_counts.Count > 0 && time < _lastTime))
            {
                (_late ??= new LateSamples()).Insert(new LateSample(time, bits, histogram, scope.Version));
                return;
            }

            if (histogram is null)
            {
                AppendFloat(time, bits, scope);
            }
            else
            {
                AppendHistogram(time, histogram, scope);
            }

            _lastTime = time;
            _lastHistogram = histogram;
            _counts.Increment(scope);
        }
    }

    /// <summary>What a reader of <paramref name="version"/> sees.</summary>
    public SeriesView View(long version)
    {
        lock (this)
        {
            var visible = _counts.At(version);
            var inOpen = visible > _openFirst ? (int)(visible - _openFirst) : 0;
            if (inOpen > 0 && _open is not null)
            {
                _openShared = true;
            }

            return new SeriesView
            {
                Version = version,
                Starts = _starts?.Share() ?? default,
                Closed = _closed.AsMemory(_closedFrom, visible == 0 ? 0 : _closedTo - _closedFrom),
                VisibleInClosed = VisibleInClosed(visible),
                Open = _open is null ? _openRun : _open,
                OpenLength = _open is null ? 0 : _xor.Length,
                VisibleInOpen = inOpen,
                OpenMinTime = _openMinTime,
                LastTime = _lastTime,
                IsWhole = visible == _counts.Count,
                Late = _late?.Share() ?? default,
                Deleted = _deleted,
            };
        }
    }

    /// <summary>Whether a reader of <paramref name="version"/> may see a sample in the range; an answer of no is certain.</summary>
    /// <param name="inOrderFrom">In-order samples before this time are not to be read here: blocks hold them.</param>
    public bool MayOverlap(long version, long minTime, long maxTime, long inOrderFrom)
    {
        lock (this)
        {
            if (_late is null && _deleted.Length == 0 && _counts.At(version) == _counts.Count)
            {
                // The common case, without a view: a buffer that was given out cannot be used again.
                var first = _closedFrom < _closedTo ? _closed[_closedFrom].MinTime : _openMinTime;
                return _counts.Count > 0 && first <= maxTime && _lastTime >= Math.Max(minTime, inOrderFrom);
            }

            return View(version).MayOverlap(minTime, maxTime, inOrderFrom);
        }
    }

    /// <summary>Hides the samples of a range of times that are there now; the range it became, or null where it holds none.</summary>
    public Interval? Delete(long minTime, long maxTime)
    {
        lock (this)
        {
            var first = _closedFrom < _closedTo ? _closed[_closedFrom].MinTime : _openMinTime;
            var (from, to) = _counts.Count > 0 ? (first, _lastTime) : (long.MaxValue, long.MinValue);
            if (_late is { Count: > 0 } late)
            {
                (from, to) = (Math.Min(from, late.Span[0].Time), Math.Max(to, late.Span[^1].Time));
            }

            // What comes later must not be hidden.
            var deleted = new Interval(Math.Max(minTime, from), Math.Min(maxTime, to));
            if (deleted.MinTime > deleted.MaxTime)
            {
                return null;
            }

            _deleted = Interval.Add(_deleted, deleted);
            return deleted;
        }
    }

    /// <summary>
    /// Drops what a block holds now: all before <paramref name="time"/> up to a version; true where nothing is left. No reader may be open
    /// that relies on it.
    /// </summary>
    public bool DropBefore(long time, long version, ref long oldest)
    {
        lock (this)
        {
            DropClosed(time);
            _late?.DropBefore(time, version);
            if (_late is { Count: 0 })
            {
                _late = null;
            }

            _deleted = Array.FindAll(_deleted, d => d.MaxTime >= time || _late is not null);
            if (_lastTime < time)
            {
                _open = null;
                _openRun = null;
                _openFirst = _counts.Count;
            }

            if (_counts.Count > 0 && _lastTime >= time)
            {
                oldest = Math.Min(oldest, Math.Max(time, _closedFrom < _closedTo ? _closed[_closedFrom].MinTime : _openMinTime));
                return false;
            }

            return _late is null;
        }
    }

    /// <summary>Drops the chunks whose samples all come before <paramref name="time"/>; true where nothing is left.</summary>
    public bool DropBefore(long time)
    {
        lock (this)
        {
            DropClosed(time);
            _late?.DropBefore(time, long.MaxValue);
            return (_counts.Count == 0 || _lastTime < time) && (_late is null || _late.Count == 0);
        }
    }

    /// <summary>All that a head snapshot keeps. For the commit lock's holder.</summary>
    public SeriesImage Image()
    {
        lock (this)
        {
            _openShared |= _open is not null;
            return new SeriesImage
            {
                Id = id,
                Labels = labels,
                Closed = _closed.AsMemory(_closedFrom, _closedTo - _closedFrom),
                Open = _open,
                Xor = _xor,
                OpenRun = _openRun,
                OpenRunCount = _openRun?.Count ?? 0,
                OpenMinTime = _openMinTime,
                CutAt = _cutAt,
                LastTime = _lastTime,
                LastBits = _lastBits,
                Late = _late?.Share() ?? default,
                Deleted = _deleted,
                HasSamples = _counts.Count > 0 || _late is { Count: > 0 },
                HasInOrder = _counts.Count > 0,
            };
        }
    }

    /// <summary>Takes over what a head snapshot kept; the series must be empty.</summary>
    public void Restore(in SeriesImage image, CommitScope scope)
    {
        lock (this)
        {
            _closed = image.Closed.ToArray();
            _closedTo = _closed.Length;
            foreach (ref readonly var chunk in _closed.AsSpan())
            {
                _openFirst += chunk.Count;
            }

            _open = image.Open;
            _xor = image.Xor;
            _openRun = image.OpenRun;
            _deleted = image.Deleted;
            _counts = VisibleCounts.Of(_openFirst + (uint)(_open is null ? image.OpenRunCount : _xor.Count), scope.Version);
            _openMinTime = image.OpenMinTime;
            _cutAt = image.CutAt;
            _lastTime = image.LastTime;
            _lastBits = image.LastBits;
            _lastHistogram = HeadChunk.LastHistogramOf(_openRun, _closed, _open is null);
            foreach (ref readonly var late in image.Late.Span)
            {
                (_late ??= new LateSamples()).Insert(late with { Version = scope.Version });
            }
        }
    }

    private void DropClosed(long time)
    {
        var from = _closedFrom;
        while (from < _closedTo && _closed[from].MaxTime < time)
        {
            from++;
        }

        if (from > _closedFrom)
        {
            // A new array: readers hold the old one, which holds the chunks.
            _closed = _closed[from.._closedTo];
            (_closedFrom, _closedTo) = (0, _closed.Length);
        }
    }

    private static AppendStatus Compare(long oldBits, FloatHistogram? old, long bits, FloatHistogram? histogram)
    {
        var same = old is null ? histogram is null && oldBits == bits : histogram is not null && old.HasSameBits(histogram);
        return same ? AppendStatus.Duplicate : AppendStatus.DuplicateTimestamp;
    }

    private void AppendFloat(long time, long bits, CommitScope scope)
    {
        if (_open is not null && IsFull(time, _xor.Count, _xor.Length))
        {
            CloseFloats(scope);
        }

        if (_open is null)
        {
            CloseHistograms();
            _open = scope.Buffers.Rent(XorEncoder.Room);
            _openShared = false;
            _xor = XorEncoder.Begin(_open, time, bits);
            BeginChunk(time, scope);
        }
        else
        {
            var needed = _xor.Length + XorEncoder.Room;
            if (_open.Length < needed)
            {
                Grow(needed, scope);
            }

            XorEncoder.Append(ref _xor, _open, _lastTime, _lastBits, time, bits);
            PredictCut(time, _xor.Count);
        }

        _lastBits = bits;
    }

    private void AppendHistogram(long time, FloatHistogram histogram, CommitScope scope)
    {
        if (_openRun is not null && IsFull(time, _openRun.Count, 0))
        {
            CloseHistograms();
        }

        if (_openRun is null)
        {
            CloseFloats(scope);
            _openRun = new HistogramRun();
            BeginChunk(time, scope);
        }

        _openRun.Add(time, histogram);
        PredictCut(time, _openRun.Count);
    }

    private bool IsFull(long time, int count, int length) => time >= _cutAt || count >= MaxSamples || length > MaxBytes;

    private void BeginChunk(long time, CommitScope scope)
    {
        _openMinTime = time;
        _openFirst = _counts.Count;
        var range = scope.ChunkRange;
        var start = Math.DivRem(time, range, out var into) * range - (into < 0 ? range : 0);
        _cutAt = start > long.MaxValue - range ? long.MaxValue : start + range;
    }

    // With a quarter of the samples in, the pace is known: the chunks of a range shall be of one length.
    private void PredictCut(long time, int count)
    {
        if (count != TargetSamples / 4 || _cutAt == long.MaxValue)
        {
            return;
        }

        var pace = (double)time - _openMinTime + 1;
        var left = (double)_cutAt - _openMinTime;
        var chunks = Math.Floor(left / (pace * 4));
        if (chunks > 1)
        {
            _cutAt = _openMinTime + (long)(left / chunks);
        }
    }

    private void Grow(int needed, CommitScope scope)
    {
        var larger = scope.Buffers.Rent(needed);
        _open.AsSpan(0, _xor.Length).CopyTo(larger);
        GiveBack(scope);
        _open = larger;
        _openShared = false;
    }

    private void GiveBack(CommitScope scope)
    {
        if (!_openShared)
        {
            scope.Buffers.Return(_open!);
        }
    }

    private void CloseFloats(CommitScope scope)
    {
        if (_open is null)
        {
            return;
        }

        // Readers may hold this buffer: the count goes into the copy.
        var (array, offset) = scope.Slab.Keep(_open.AsSpan(0, _xor.Length));
        XorEncoder.WriteCount(array.AsSpan(offset), _xor.Count);
        Close(new HeadChunk(array, offset, (ushort)_xor.Length, _xor.Count, _openMinTime, _lastTime));
        GiveBack(scope);
        _open = null;
    }

    private void CloseHistograms()
    {
        if (_openRun is not null)
        {
            foreach (var chunk in HeadChunk.Of(_openRun, _openMinTime, _lastTime))
            {
                Close(chunk);
            }

            _openRun = null;
        }
    }

    private void Close(HeadChunk chunk)
    {
        if (_closedTo == _closed.Length)
        {
            var larger = new HeadChunk[Math.Max(2, _closedTo + (_closedTo / 2))];
            _closed.CopyTo(larger, 0);
            _closed = larger;
        }

        _closed[_closedTo++] = chunk;
        _openFirst = _counts.Count;
    }

    private long VisibleInClosed(uint visible)
    {
        if (visible >= _openFirst)
        {
            return SeriesView.All;
        }

        var all = 0L;
        for (var i = _closedFrom; i < _closedTo; i++)
        {
            all += _closed[i].Count;
        }

        return visible == 0 ? 0 : Math.Max(0, all - (_openFirst - visible));
    }

    private bool TryFindInOrder(long time, out long bits, out FloatHistogram? histogram)
    {
        var cursor = new HeadCursor(View(long.MaxValue), time, time);
        histogram = null;
        bits = 0;
        if (cursor.Next == SampleKind.Histogram)
        {
            histogram = cursor.ReadHistogram(out _);
            return true;
        }

        Span<long> times = stackalloc long[1];
        Span<double> values = stackalloc double[1];
        var found = cursor.Read(times, values) > 0;
        bits = BitConverter.DoubleToInt64Bits(values[0]);
        return found;
    }
}
