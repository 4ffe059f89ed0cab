using Microsoft.Extensions.Logging;

namespace Tallygate.Server.Http;

/// <summary>The log lines of TLS and of who may come in.</summary>
internal static partial class Log
{
    [LoggerMessage(6300, LogLevel.Information, "TLS is enabled.")]
    public static partial void TlsOn(ILogger logger, bool http2);

    [LoggerMessage(6301, LogLevel.Information, "TLS is disabled.")]
    public static partial void TlsOff(ILogger logger, bool http2);

    [LoggerMessage(6302, LogLevel.Information, "Rate Limiter is enabled.")]
    public static partial void RateLimited(ILogger logger, int burst, TimeSpan interval);

    [LoggerMessage(6303, LogLevel.Information, "web configuration read anew")]
    public static partial void WebConfigLoaded(ILogger logger, string file);

    [LoggerMessage(6304, LogLevel.Error, "web configuration refused; the old one holds")]
    public static partial void WebConfigRefused(ILogger logger, string err);

    [LoggerMessage(6305, LogLevel.Warning, "{Warning}")]
    public static partial void WebConfigWarning(ILogger logger, string warning);

    [LoggerMessage(6306, LogLevel.Warning, "TLS is switched on or off at a start only; restart to make it so")]
    public static partial void TlsNeedsRestart(ILogger logger, string file);

    [LoggerMessage(6307, LogLevel.Debug, "client certificate refused")]
    public static partial void ClientRefused(ILogger logger, string err);
}
