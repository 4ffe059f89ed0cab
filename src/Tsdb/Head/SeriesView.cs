using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The samples of one series that a reader of one version sees, cheap to take and never changed: closed chunks, the prefix of the open one
/// that is visible, and the late samples, of which those of later versions must be skipped.
/// </summary>
internal readonly struct SeriesView
{
    /// <summary>Stands for all samples of the closed chunks.</summary>
    public const long All = long.MaxValue;

    /// <summary>The view of a series without samples.</summary>
    public static SeriesView Empty => new()
    {
        Version = 0,
        Starts = default,
        Closed = default,
        VisibleInClosed = 0,
        Open = null,
        OpenLength = 0,
        VisibleInOpen = 0,
        OpenMinTime = 0,
        LastTime = long.MinValue,
        Late = default,
        Deleted = [],
        IsWhole = true,
    };

    public required long Version { get; init; }

    /// <summary>When the counters of some samples began, in ascending time of the samples; most often empty.</summary>
    public required ReadOnlyMemory<(long Time, long Start)> Starts { get; init; }

    /// <summary>All closed chunks.</summary>
    public required ReadOnlyMemory<HeadChunk> Closed { get; init; }

    /// <summary>How many samples of the closed chunks are visible, counted from the first; or <see cref="All"/>.</summary>
    public required long VisibleInClosed { get; init; }

    /// <summary>A copy of an open XOR chunk, or an open <see cref="HistogramRun"/>, or null, also where it is not wanted.</summary>
    public required object? Open { get; init; }

    public required int OpenLength { get; init; }

    public required int VisibleInOpen { get; init; }

    /// <summary>The time of the first sample of the open chunk.</summary>
    public required long OpenMinTime { get; init; }

    /// <summary>The time of the newest in-order sample there is, visible or not.</summary>
    public required long LastTime { get; init; }

    public required ReadOnlyMemory<LateSample> Late { get; init; }

    /// <summary>The ranges of times whose samples were deleted.</summary>
    public required Interval[] Deleted { get; init; }

    /// <summary>Whether all samples but late ones are visible.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Whether a visible sample may lie in the range; an answer of no is certain.</summary>
    public bool MayOverlap(long minTime, long maxTime, long inOrderFrom) =>
        (InOrderOverlaps(Math.Max(minTime, inOrderFrom), maxTime) || LateOverlaps(minTime, maxTime)) && !Interval.Cover(Deleted, minTime, maxTime)
        && (Deleted.Length == 0 || HasSample(minTime, maxTime, inOrderFrom));

    /// <summary>The visible samples of a range.</summary>
    public ISampleCursor Samples(long minTime, long maxTime, long inOrderFrom)
    {
        ISampleCursor cursor = new HeadCursor(this, Math.Max(minTime, inOrderFrom), maxTime);
        if (!Late.IsEmpty)
        {
            cursor = new UnionCursor(cursor, new LateCursor(Late, Version, minTime, maxTime));
        }

        cursor = Deleted.Length == 0 ? cursor : new DeletingCursor(cursor, Deleted);
        return Starts.IsEmpty ? cursor : new StartedCursor(cursor, Starts);
    }

    private bool HasSample(long minTime, long maxTime, long inOrderFrom) => Samples(minTime, maxTime, inOrderFrom).Next != SampleKind.None;

    private bool InOrderOverlaps(long minTime, long maxTime)
    {
        if ((Closed.Length == 0 || VisibleInClosed == 0) && VisibleInOpen == 0)
        {
            return false;
        }

        var first = Closed.Length > 0 ? Closed.Span[0].MinTime : OpenMinTime;
        return first <= maxTime && LastTime >= minTime && (IsWhole || LastVisibleTime() >= minTime);
    }

    private bool LateOverlaps(long minTime, long maxTime)
    {
        foreach (ref readonly var sample in Late.Span)
        {
            if (sample.Version <= Version && sample.Time >= minTime && sample.Time <= maxTime)
            {
                return true;
            }
        }

        return false;
    }

    // Only readers that a commit has overtaken need it.
    private long LastVisibleTime()
    {
        if (VisibleInOpen > 0)
        {
            return LastTimeIn(Open!, 0, OpenLength, VisibleInOpen);
        }

        var left = VisibleInClosed;
        foreach (ref readonly var chunk in Closed.Span)
        {
            if (left <= chunk.Count)
            {
                return left == chunk.Count ? chunk.MaxTime : LastTimeIn(chunk.Data, chunk.Offset, chunk.Length, (int)left);
            }

            left -= chunk.Count;
        }

        return LastTime;
    }

    private static long LastTimeIn(object data, int offset, int length, int count)
    {
        if (data is EncodedHistograms encoded)
        {
            return encoded.Last(count).Time;
        }

        if (data is HistogramRun run)
        {
            return run[count - 1].Time;
        }

        var decoder = new XorDecoder((byte[])data, offset, length, count);
        while (decoder.MoveNext())
        {
        }

        return decoder.Time;
    }
}
