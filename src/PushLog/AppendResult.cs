namespace Tallygate.PushLog;

/// <summary>What became of a batch.</summary>
public enum AppendResult
{
    /// <summary>The batch is durable: it survives kill -9 and power loss.</summary>
    Appended,

    /// <summary>The log has grown meanwhile by another writer; nothing was written. Catch up, judge again, try again.</summary>
    HeadMoved,
}
