namespace Tallygate.Client.Execution;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it; 127 not found, 126 not to be run.</param>
/// <param name="StartSeconds">When it started, in seconds since 1970.</param>
/// <param name="EndSeconds">When it ended.</param>
/// <param name="DurationSeconds">How long it took, by a clock that is never set.</param>
/// <param name="Failure">Why it could not be started; null where it was.</param>
internal readonly record struct CommandEnd(
    int ExitCode, double StartSeconds, double EndSeconds, double DurationSeconds, ResourceUse Use, string? Failure);
