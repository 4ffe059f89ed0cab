namespace Tallygate.PushLog;

/// <summary>A record at its place in the log.</summary>
public readonly record struct PushLogEntry(LogPosition Position, PushRecord Record);
