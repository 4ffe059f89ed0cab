using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway;

/// <summary>What the gateway logs.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "push log replayed up to {Position}: {Groups} groups")]
    public static partial void Replayed(ILogger logger, LogPosition position, int groups);

    [LoggerMessage(2002, LogLevel.Error, "{Pushes} pushes could not be made durable and were refused")]
    public static partial void AppendFailed(ILogger logger, int pushes, Exception failure);

    [LoggerMessage(2003, LogLevel.Critical, "the writer of pushes has stopped; the process must be restarted")]
    public static partial void WriterBroken(ILogger logger, Exception failure);

    [LoggerMessage(2005, LogLevel.Information, "groups disagree about the help text of a metric; the latest push that has one decides")]
    public static partial void HelpDiffers(ILogger logger, string metric, Labels group, string help, string shown);

    [LoggerMessage(2004, LogLevel.Warning, "a push of {Group} was refused: {Reason}")]
    public static partial void PushRejected(ILogger logger, Labels group, string? reason);
}
