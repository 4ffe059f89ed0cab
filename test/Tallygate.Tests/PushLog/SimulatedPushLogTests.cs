using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Wal.Simulation;

namespace Tallygate.Tests.PushLog;

/// <summary>The contract on the simulated disk, in small segments, all on the caller's thread.</summary>
public sealed class SimulatedPushLogTests : PushLogContract
{
    protected override IPushLog Create() => EmbeddedPushLog.Open(
        "/log", new EmbeddedPushLogOptions { SegmentBytes = 2000 }, files: new SimulatedFileSystem(1));
}
