using Tallygate.Wal;

namespace Tallygate.PushLog.Embedded;

/// <summary>An encoded batch on its way to the log's thread, and the promise to its caller.</summary>
internal sealed class AppendRequest(LogPosition expectedHead, WalBatch batch)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public LogPosition ExpectedHead { get; } = expectedHead;

    public WalBatch Batch { get; } = batch;
}
