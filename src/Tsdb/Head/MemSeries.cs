using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// One series of the head: closed chunks, one open chunk, late samples. It is a place in <see cref="SeriesRows"/>, whose lock of the row
/// guards it and is held for nanoseconds only; only the holder of the commit lock changes it. Readers take a <see cref="SeriesView"/> and
/// go on without a lock. Who keeps one beyond a call holds a version, or asks whether it was removed.
/// </summary>
internal readonly struct MemSeries(SeriesRows rows, int row, int id)
{
    private const int ShortOpen = 256;

    public int Id => id;

    /// <summary>The number of the row.</summary>
    public int Row => row;

    /// <summary>The labels, made anew.</summary>
    public Labels Labels => rows.LabelsOf(row, id);

    /// <summary>The labels, remembered for a while. For readers that hold a version.</summary>
    public Labels AskedLabels => rows.AskedLabelsOf(row, id);

    /// <summary>Whether the write-ahead log, or the snapshot before it, says which labels belong to the id. For the commit lock's holder.</summary>
    public bool IsDefined => rows[row].IsDefined;

    /// <summary>Whether it was dropped, so that its labels must be looked up anew. For the commit lock's holder.</summary>
    public bool IsRemoved => rows[row].IsRemoved || rows[row].Id != id;

    /// <summary>How many chunks it has, the open one among them.</summary>
    public int ChunkCount
    {
        get
        {
            lock (rows.LockOf(row))
            {
                var extra = rows.ExtraOf(row);
                return IsRemoved ? 0 : (extra?.Closed.Length ?? 0) + (!rows[row].HasFloats && extra?.OpenRun is null ? 0 : 1);
            }
        }
    }

    /// <summary>The bits of the newest in-order float. For the commit lock's holder.</summary>
    public long LastBits => rows[row].LastBits;

    /// <summary>The time of the newest in-order sample; the smallest number where there is none. For the commit lock's holder.</summary>
    public long LastTime => rows[row].Counts.Count == 0 ? long.MinValue : rows[row].LastTime;

    /// <inheritdoc cref="IsDefined"/>
    public void SetDefined(bool isDefined) => rows[row].IsDefined = isDefined;

    /// <summary>What becomes of a sample that would be added now.</summary>
    /// <param name="minTime">Before this time a sample is late, whatever the series has.</param>
    /// <param name="lateFrom">The earliest time that a late sample may have; the largest one refuses them all.</param>
    public AppendStatus Judge(long time, long bits, FloatHistogram? histogram, long minTime, long lateFrom)
    {
        lock (rows.LockOf(row))
        {
            ref readonly var series = ref rows[row];
            var isEmpty = series.Counts.Count == 0;
            if (time >= minTime && (isEmpty || time > series.LastTime))
            {
                return AppendStatus.Appended;
            }

            var extra = rows.ExtraOf(row);
            if (!isEmpty && time == series.LastTime)
            {
                var last = extra?.LastHistogram;
                return Compare(last is null ? series.LastBits : 0, last, bits, histogram);
            }

            if (time < lateFrom)
            {
                return time < minTime ? AppendStatus.OutOfBounds : AppendStatus.OutOfOrder;
            }

            if (extra?.Late is { } late && late.Find(time) is var at && at < late.Count && late.Span[at].Time == time)
            {
                return Compare(late.Span[at].Bits, late.Span[at].Histogram, bits, histogram);
            }

            return TryFindInOrder(time, out var foundBits, out var found)
                ? Compare(foundBits, found, bits, histogram)
                : AppendStatus.Appended;
        }
    }

    /// <summary>Notes when the counter of a sample began that is about to be added.</summary>
    public void NoteStart(long time, long start)
    {
        lock (rows.LockOf(row))
        {
            var extra = rows.NeedExtra(row);
            var oldest = rows[row].Counts.Count == 0 ? time : FirstTime(extra);
            oldest = extra.Late is { Count: > 0 } late ? Math.Min(oldest, late.Span[0].Time) : oldest;
            (extra.Starts ??= new StartList()).Add(time, start, Math.Min(oldest, time));
        }
    }

    /// <summary>Adds a sample that was judged fit.</summary>
    public void Append(long time, long bits, FloatHistogram? histogram, CommitScope scope)
    {
        lock (rows.LockOf(row))
        {
            AppendAlone(time, bits, histogram, scope);
        }
    }

    /// <summary>
    /// As <see cref="Append"/>, while nobody reads yet: at the start. A lock for each sample would wait for memory before the next begins, which
    /// takes longer than all the rest.
    /// </summary>
    public void AppendAlone(long time, long bits, FloatHistogram? histogram, CommitScope scope)
    {
        ref var series = ref rows[row];
        if (time < scope.MinTime || (series.Counts.Count > 0 && time < series.LastTime))
        {
            (rows.NeedExtra(row).Late ??= new LateSamples()).Insert(new LateSample(time, bits, histogram, scope.Version));
            return;
        }

        if (histogram is null)
        {
            SeriesWriter.AppendFloat(rows, row, time, bits, scope);
        }
        else
        {
            SeriesWriter.AppendHistogram(rows, row, time, histogram, scope);
        }

        series.LastTime = time;
        if (rows.ExtraOf(row) is { } extra)
        {
            extra.LastHistogram = histogram;
        }

        if (series.Counts.IsNewIn(scope))
        {
            Advance(ref series, scope);
        }

        series.Counts.Increment();
    }

    /// <summary>
    /// Adds floats as the other form does one after the other, in a fraction of the time where they are in order.
    /// </summary>
    /// <param name="scratch">Where the bits are made; all zero before and afterwards.</param>
    public void AppendAlone(ReadOnlySpan<StagedSample> samples, CommitScope scope, byte[] scratch)
    {
        while (!samples.IsEmpty)
        {
            var taken = 0;
            ref var series = ref rows[row];
            if (series.Counts.Count > 0 && !series.Counts.IsNewIn(scope))
            {
                taken = SeriesWriter.AppendFloats(rows, row, samples[..InOrder(samples, series.LastTime, scope.MinTime)], scratch);
                series.Counts.Add(taken);
            }

            if (taken == 0)
            {
                AppendAlone(samples[0].Time, samples[0].Bits, null, scope);
                taken = 1;
            }

            samples = samples[taken..];
        }
    }

    /// <summary>What a reader of <paramref name="version"/> sees.</summary>
    /// <param name="maxTime">The bytes of an open chunk that begins later are left out.</param>
    public SeriesView View(long version, long maxTime = long.MaxValue)
    {
        lock (rows.LockOf(row))
        {
            return LockedView(version, maxTime);
        }
    }

    /// <summary>Whether it has late samples, visible or not.</summary>
    public bool HasLate
    {
        get
        {
            lock (rows.LockOf(row))
            {
                return rows.ExtraOf(row)?.Late is { Count: > 0 };
            }
        }
    }

    /// <summary>Whether a reader of <paramref name="version"/> may see a sample in the range; an answer of no is certain.</summary>
    /// <param name="inOrderFrom">In-order samples before this time are not to be read here: blocks hold them.</param>
    public bool MayOverlap(long version, long minTime, long maxTime, long inOrderFrom)
    {
        SeriesView view;
        lock (rows.LockOf(row))
        {
            ref readonly var series = ref rows[row];
            var extra = rows.ExtraOf(row);
            if ((extra is null || (extra.Late is null && extra.Deleted.Length == 0))
                && series.Counts.At(version, extra?.Older) == series.Counts.Count)
            {
                // The common case, without a copy.
                return series.Counts.Count > 0 && FirstTime(extra) <= maxTime && series.LastTime >= Math.Max(minTime, inOrderFrom);
            }

            view = LockedView(version, long.MaxValue);
        }

        return view.MayOverlap(minTime, maxTime, inOrderFrom);
    }

    /// <summary>Hides the samples of a range of times that are there now; the range it became, or null where it holds none.</summary>
    public Interval? Delete(long minTime, long maxTime)
    {
        lock (rows.LockOf(row))
        {
            ref readonly var series = ref rows[row];
            var extra = rows.ExtraOf(row);
            var (from, to) = series.Counts.Count > 0 ? (FirstTime(extra), series.LastTime) : (long.MaxValue, long.MinValue);
            if (extra?.Late is { Count: > 0 } late)
            {
                (from, to) = (Math.Min(from, late.Span[0].Time), Math.Max(to, late.Span[^1].Time));
            }

            // What comes later must not be hidden.
            var deleted = new Interval(Math.Max(minTime, from), Math.Min(maxTime, to));
            if (deleted.MinTime > deleted.MaxTime)
            {
                return null;
            }

            extra ??= rows.NeedExtra(row);
            extra.Deleted = Interval.Add(extra.Deleted, deleted);
            return deleted;
        }
    }

    /// <summary>
    /// Drops what a block holds now: all before <paramref name="time"/> up to a version; true where nothing is left. No reader may be open
    /// that relies on it.
    /// </summary>
    public bool DropBefore(long time, long version, ref long oldest)
    {
        lock (rows.LockOf(row))
        {
            ref var series = ref rows[row];
            var extra = rows.ExtraOf(row);
            extra?.DropClosed(time);
            extra?.Late?.DropBefore(time, version);
            if (extra is not null)
            {
                extra.Late = extra.Late is { Count: 0 } ? null : extra.Late;
                var hasLate = extra.Late is not null;
                extra.Deleted = Array.FindAll(extra.Deleted, d => d.MaxTime >= time || hasLate);
            }

            if (series.LastTime < time)
            {
                rows.Bits.Free(ref series.Open);
                series.Xor = default;
                series.OpenFirst = series.Counts.Count;
                if (extra is not null)
                {
                    extra.OpenRun = null;
                }
            }

            rows.TrimExtra(row);
            if (series.Counts.Count > 0 && series.LastTime >= time)
            {
                oldest = Math.Min(oldest, Math.Max(time, FirstTime(extra)));
                return false;
            }

            return extra?.Late is null;
        }
    }

    /// <summary>Drops the chunks whose samples all come before <paramref name="time"/>; true where nothing is left.</summary>
    public bool DropBefore(long time)
    {
        lock (rows.LockOf(row))
        {
            ref readonly var series = ref rows[row];
            var extra = rows.ExtraOf(row);
            extra?.DropClosed(time);
            extra?.Late?.DropBefore(time, long.MaxValue);
            return (series.Counts.Count == 0 || series.LastTime < time) && extra?.Late is null or { Count: 0 };
        }
    }

    /// <summary>All that a head snapshot keeps. For the commit lock's holder.</summary>
    public SeriesImage Image()
    {
        lock (rows.LockOf(row))
        {
            ref readonly var series = ref rows[row];
            var extra = rows.ExtraOf(row);
            return new SeriesImage
            {
                Id = id,
                Series = this,
                Closed = extra?.Closed ?? default,
                Open = series.HasFloats ? CopyOpen(series) : null,
                Xor = series.Xor,
                OpenRun = extra?.OpenRun,
                OpenRunCount = extra?.OpenRun?.Count ?? 0,
                OpenMinTime = series.OpenMinTime,
                CutAt = series.CutAt,
                LastTime = series.LastTime,
                LastBits = series.LastBits,
                Late = extra?.Late?.Share() ?? default,
                Deleted = extra?.Deleted ?? [],
                HasSamples = series.Counts.Count > 0 || extra?.Late is { Count: > 0 },
                HasInOrder = series.Counts.Count > 0,
            };
        }
    }

    /// <summary>Takes over what a head snapshot kept; the series must be empty.</summary>
    public void Restore(in SeriesImage image, CommitScope scope)
    {
        lock (rows.LockOf(row))
        {
            ref var series = ref rows[row];
            var extra = rows.NeedExtra(row);
            extra.SetClosed(image.Closed.ToArray());
            foreach (ref readonly var chunk in image.Closed.Span)
            {
                series.OpenFirst += chunk.Count;
            }

            if (image.Open is not null)
            {
                SeriesWriter.Restore(rows, row, image.Open, image.Xor);
            }

            extra.OpenRun = image.OpenRun;
            extra.Deleted = image.Deleted;
            extra.LastHistogram = HeadChunk.LastHistogramOf(image.OpenRun, image.Closed.Span, image.Open is null);
            foreach (ref readonly var late in image.Late.Span)
            {
                (extra.Late ??= new LateSamples()).Insert(late with { Version = scope.Version });
            }

            series.Counts = VisibleCounts.Of(series.OpenFirst + (uint)(image.Open is null ? image.OpenRunCount : image.Xor.Count), scope.Version);
            series.OpenMinTime = image.OpenMinTime;
            series.CutAt = image.CutAt;
            series.LastTime = image.LastTime;
            series.LastBits = image.LastBits;
            rows.TrimExtra(row);
        }
    }

    // How many samples at the front are in order, of as many as a chunk takes.
    private static int InOrder(ReadOnlySpan<StagedSample> samples, long lastTime, long minTime)
    {
        var last = Math.Max(lastTime, minTime);
        var count = Math.Min(samples.Length, SeriesWriter.MaxSamples);
        for (var i = 0; i < count; i++)
        {
            if (samples[i].Time < last)
            {
                return i;
            }

            last = samples[i].Time;
        }

        return count;
    }

    private static AppendStatus Compare(long oldBits, FloatHistogram? old, long bits, FloatHistogram? histogram)
    {
        var same = old is null ? histogram is null && oldBits == bits : histogram is not null && old.HasSameBits(histogram);
        return same ? AppendStatus.Duplicate : AppendStatus.DuplicateTimestamp;
    }

    private void Advance(ref SeriesRow series, CommitScope scope)
    {
        var known = rows.ExtraOf(row)?.Older;
        var older = known;
        series.Counts.Advance(scope, ref older);
        if (!ReferenceEquals(known, older))
        {
            rows.NeedExtra(row).Older = older;
            rows.TrimExtra(row);
        }
    }

    private SeriesView LockedView(long version, long maxTime)
    {
        ref readonly var series = ref rows[row];
        if (series.Id != id)
        {
            return SeriesView.Empty;
        }

        var extra = rows.ExtraOf(row);
        var visible = series.Counts.At(version, extra?.Older);
        var inOpen = visible > series.OpenFirst ? (int)(visible - series.OpenFirst) : 0;
        var hasFloats = series.HasFloats;
        return new SeriesView
        {
            Version = version,
            Starts = extra?.Starts?.Share() ?? default,
            Closed = visible == 0 ? default : extra?.Closed ?? default,
            VisibleInClosed = VisibleInClosed(series, extra, visible),
            Open = !hasFloats ? extra?.OpenRun : inOpen > 0 && series.OpenMinTime <= maxTime ? CopyOpen(series) : null,
            OpenLength = hasFloats ? series.Xor.Length : 0,
            VisibleInOpen = inOpen,
            OpenMinTime = series.OpenMinTime,
            LastTime = series.LastTime,
            IsWhole = visible == series.Counts.Count,
            Late = extra?.Late?.Share() ?? default,
            Deleted = extra?.Deleted ?? [],
        };
    }

    private byte[] CopyOpen(in SeriesRow series)
    {
        // With room behind it, it is decoded where it is; a short one is copied for less than the room costs.
        var copy = new byte[series.Xor.Length + (series.Xor.Length < ShortOpen ? 0 : XorLoop.Padding)];
        SeriesWriter.CopyOpen(rows, series, copy.AsSpan(0, series.Xor.Length));
        return copy;
    }

    private long FirstTime(SeriesExtra? extra) => extra is { Closed: { IsEmpty: false } closed } ? closed.Span[0].MinTime : rows[row].OpenMinTime;

    private static long VisibleInClosed(in SeriesRow series, SeriesExtra? extra, uint visible)
    {
        if (visible >= series.OpenFirst)
        {
            return SeriesView.All;
        }

        var all = 0L;
        foreach (ref readonly var chunk in (extra?.Closed ?? default).Span)
        {
            all += chunk.Count;
        }

        return visible == 0 ? 0 : Math.Max(0, all - (series.OpenFirst - visible));
    }

    private bool TryFindInOrder(long time, out long bits, out FloatHistogram? histogram)
    {
        var cursor = new HeadCursor(LockedView(long.MaxValue, time), time, time);
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
