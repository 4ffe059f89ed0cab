using Microsoft.Extensions.Logging;

namespace Tallygate.PushLog;

/// <summary>The room's log events.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "Push log {Directory} opened: pushes {First} to {Head}")]
    public static partial void Opened(ILogger logger, string directory, long first, long head);

    [LoggerMessage(1002, LogLevel.Warning,
        "Cut {Length} bytes off {File} at byte {Offset}: a batch was left unfinished by a crash and nobody was told that it was kept ({Reason})")]
    public static partial void TailCut(ILogger logger, string file, long offset, long length, string reason);

    [LoggerMessage(1003, LogLevel.Error,
        "{Count} pushes could not be made durable and were refused; the log goes on in a new segment as soon as one can be written")]
    public static partial void AppendFailed(ILogger logger, int count, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "The push log could not be sealed; acknowledged pushes are durable all the same")]
    public static partial void SealFailed(ILogger logger, Exception exception);
}
