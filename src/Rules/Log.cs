using Microsoft.Extensions.Logging;

namespace Tallygate.Rules;

/// <summary>What the room has to say; event ids from 4000.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Warning, "Rule group {Group} of {File} missed {Missed} iterations")]
    public static partial void IterationsMissed(ILogger logger, string file, string group, long missed);

    [LoggerMessage(4001, LogLevel.Warning, "Rule {Rule} of group {Group} of {File} failed: {Error}")]
    public static partial void RuleFailed(ILogger logger, string file, string group, string rule, string error);

    [LoggerMessage(4002, LogLevel.Error, "The results of rule group {Group} of {File} could not be written")]
    public static partial void CommitFailed(ILogger logger, Exception failure, string file, string group);

    [LoggerMessage(4003, LogLevel.Warning, "A label or an annotation of alert {Alert} cannot be expanded: {Problem}")]
    public static partial void ExpansionFailed(ILogger logger, string alert, string problem);

    [LoggerMessage(4004, LogLevel.Error, "The end of the series of removed rule groups could not be written")]
    public static partial void CloseFailed(ILogger logger, Exception failure);
}
