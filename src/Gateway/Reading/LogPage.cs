using Tallygate.PushLog;

namespace Tallygate.Gateway.Reading;

/// <summary>Some entries of the push log.</summary>
/// <param name="Entries">Those that were wanted, in the order that was asked for.</param>
/// <param name="At">The last entry that was looked at: where to go on.</param>
/// <param name="HasMore">Whether there are entries beyond.</param>
/// <param name="Head">The newest entry of the log.</param>
public sealed record LogPage(IReadOnlyList<PushLogEntry> Entries, LogPosition At, bool HasMore, LogPosition Head);
