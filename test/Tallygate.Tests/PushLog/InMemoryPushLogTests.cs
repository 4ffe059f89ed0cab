using Tallygate.PushLog;

namespace Tallygate.Tests.PushLog;

public sealed class InMemoryPushLogTests : PushLogContract
{
    protected override IPushLog Create() => new InMemoryPushLog();
}
