using Microsoft.Extensions.Logging;

namespace Tallygate.Server.Composition;

/// <summary>The log lines of starting, reloading and stopping.</summary>
internal static partial class Log
{
    [LoggerMessage(6100, LogLevel.Information, "starting tallygate")]
    public static partial void Starting(ILogger logger, string version, string revision, string runtime);

    [LoggerMessage(6101, LogLevel.Information, "Listening on")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(6102, LogLevel.Information, "ready")]
    public static partial void Ready(ILogger logger, int groups, long position, double seconds);

    [LoggerMessage(6103, LogLevel.Information, "HTTP server stopped")]
    public static partial void HttpStopped(ILogger logger);

    [LoggerMessage(6104, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(6105, LogLevel.Information, "configuration loaded")]
    public static partial void ConfigLoaded(ILogger logger, string file, int scrapes, int ruleGroups);

    [LoggerMessage(6106, LogLevel.Error, "configuration refused; the old one holds")]
    public static partial void ConfigRefused(ILogger logger, string err);

    [LoggerMessage(6107, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigWarning(ILogger logger, string warning);

    [LoggerMessage(6115, LogLevel.Warning, "{Warning}")]
    public static partial void FeatureWarning(ILogger logger, string warning, string option);

    [LoggerMessage(6108, LogLevel.Error, "a loop's step failed; it is tried again")]
    public static partial void StepFailed(ILogger logger, string loop, Exception problem);

    [LoggerMessage(6109, LogLevel.Error, "request failed")]
    public static partial void RequestFailed(ILogger logger, string method, string target, Exception problem);

    [LoggerMessage(6110, LogLevel.Information, "a scrape configuration names this server: in-process sampling is off, so that nothing is sampled twice")]
    public static partial void ScrapesItself(ILogger logger, string job);

    [LoggerMessage(6111, LogLevel.Information, "the groups of the Pushgateway's state file were imported into the push log")]
    public static partial void StateFileImported(ILogger logger, string file, int groups, int families);

    [LoggerMessage(6112, LogLevel.Information, "--persistence.file is not read: the push log has entries, so what it held was imported or is older")]
    public static partial void StateFileLeft(ILogger logger, string file);

    [LoggerMessage(6113, LogLevel.Information, "--persistence.file is not there, so there is nothing to import")]
    public static partial void StateFileMissing(ILogger logger, string file);

    [LoggerMessage(6114, LogLevel.Warning, "part of the Pushgateway's state file was not imported")]
    public static partial void StateFileNote(ILogger logger, string file, string err);
}
