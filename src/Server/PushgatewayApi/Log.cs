using Microsoft.Extensions.Logging;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>The log lines of pushes.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Error, "pushed metrics are invalid or inconsistent with existing metrics")]
    public static partial void PushRefused(ILogger logger, string method, string path, string source, string err);

    [LoggerMessage(6002, LogLevel.Debug, "failed to parse push path")]
    public static partial void PathRefused(ILogger logger, string path, string err);

    [LoggerMessage(6003, LogLevel.Debug, "failed to parse push body")]
    public static partial void BodyRefused(ILogger logger, string path, string err);

    [LoggerMessage(6004, LogLevel.Debug, "a push ended before its body")]
    public static partial void BodyBroken(ILogger logger, string err);
}
