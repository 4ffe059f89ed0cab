using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Acceptance;

/// <summary>A server with <c>--push.disable-consistency-check</c>.</summary>
public sealed class UncheckedFixture : GatewayFixture
{
    protected override ServerOptions Options => new() { DisableConsistencyCheck = true };
}
