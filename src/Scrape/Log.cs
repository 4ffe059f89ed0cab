using Microsoft.Extensions.Logging;

namespace Tallygate.Scrape;

/// <summary>What the room has to say; event ids from 5000.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Debug, "Scrape of {Url} failed: {Error}")]
    public static partial void ScrapeFailed(ILogger logger, Uri url, string error);

    [LoggerMessage(5001, LogLevel.Error, "The samples of a scrape of {Url} could not be written")]
    public static partial void CommitFailed(ILogger logger, Exception failure, Uri url);

    [LoggerMessage(5003, LogLevel.Warning, "Scrape of {Url}: {Dropped} samples that are too old or too far into the future were dropped"
        + "; after a clock that ran ahead was set back, they are taken again when it has caught up")]
    public static partial void OutOfBounds(ILogger logger, Uri url, int dropped);

    [LoggerMessage(5004, LogLevel.Warning, "Scrape of {Url}: {Dropped} samples that are older than the newest of their series were dropped"
        + "; after a clock was set back, they are taken again when it has caught up")]
    public static partial void OutOfOrder(ILogger logger, Uri url, int dropped);

    [LoggerMessage(5002, LogLevel.Warning, "Job {Job}: {Address} makes no target: {Problem}")]
    public static partial void BadTarget(ILogger logger, string job, string address, string problem);
}
