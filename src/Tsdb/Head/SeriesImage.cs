using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Chunks;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>A series as a head snapshot keeps it: all that is needed to read it and to write on.</summary>
internal readonly struct SeriesImage
{
    public required int Id { get; init; }

    /// <summary>The series, whose labels are made when they are written; null in an image that was read.</summary>
    public required MemSeries? Series { get; init; }

    public required ReadOnlyMemory<HeadChunk> Closed { get; init; }

    public required byte[]? Open { get; init; }

    public required XorState Xor { get; init; }

    public required HistogramRun? OpenRun { get; init; }

    public required int OpenRunCount { get; init; }

    public required long OpenMinTime { get; init; }

    public required long CutAt { get; init; }

    public required long LastTime { get; init; }

    public required long LastBits { get; init; }

    public required ReadOnlyMemory<LateSample> Late { get; init; }

    public required Interval[] Deleted { get; init; }

    public required bool HasSamples { get; init; }

    /// <summary>Whether there are samples but late ones.</summary>
    public required bool HasInOrder { get; init; }
}
