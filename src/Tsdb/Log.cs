using Microsoft.Extensions.Logging;

namespace Tallygate.Tsdb;

/// <summary>What the room tells the operator. Ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "{Directory} is open: {Series} series, source position {SourcePosition}")]
    public static partial void Opened(ILogger logger, string directory, int series, long sourcePosition);

    [LoggerMessage(3001, LogLevel.Warning, "{Directory}: the write-ahead log ended in an unfinished commit, which was cut: {Bytes} bytes of {File} at {Offset}")]
    public static partial void TailCut(ILogger logger, string directory, string file, long offset, long bytes);

    [LoggerMessage(3002, LogLevel.Debug, "{Directory}: head snapshot of {Series} series written, {Bytes} bytes")]
    public static partial void SnapshotWritten(ILogger logger, string directory, int series, long bytes);

    [LoggerMessage(3003, LogLevel.Error, "{Directory}: the head snapshot could not be written, or the write-ahead log not be cut behind it; the older ones stay, and it is tried again")]
    public static partial void SnapshotFailed(ILogger logger, string directory, Exception e);

    [LoggerMessage(3004, LogLevel.Error, "{Directory}: the write-ahead log could not be synced; it is tried again in a new segment")]
    public static partial void SyncFailed(ILogger logger, string directory, Exception e);

    [LoggerMessage(3011, LogLevel.Error, "{Directory}: a segment of the write-ahead log could not be written or synced and was given up; a new one goes on")]
    public static partial void SegmentGivenUp(ILogger logger, string directory, Exception why);

    [LoggerMessage(3005, LogLevel.Debug, "{Directory}: {Series} series whose samples are all past retention were dropped")]
    public static partial void Dropped(ILogger logger, string directory, int series);

    [LoggerMessage(3006, LogLevel.Information, "{Directory}: block {Ulid} was written: {Series} series, {Samples} samples, {Bytes} bytes")]
    public static partial void BlockWritten(ILogger logger, string directory, string ulid, long series, long samples, long bytes);

    [LoggerMessage(3007, LogLevel.Error, "{Directory}: blocks could not be written, merged or dropped; nothing is lost, and it is tried again")]
    public static partial void CompactionFailed(ILogger logger, string directory, Exception e);

    [LoggerMessage(3008, LogLevel.Information, "{Directory}: block {Ulid} is past retention and was dropped")]
    public static partial void BlockPastRetention(ILogger logger, string directory, string ulid);

    [LoggerMessage(3009, LogLevel.Warning, "{Directory}: block {Ulid} could not be deleted; it is tried again")]
    public static partial void BlockNotDeleted(ILogger logger, string directory, string ulid, Exception e);

    [LoggerMessage(3010, LogLevel.Information, "{Directory}: the head of a Prometheus was taken over: {Series} series, {Samples} samples; its files end in .imported now")]
    public static partial void Imported(ILogger logger, string directory, int series, long samples);
}
