using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Acceptance;

/// <summary>A server with bounds that a test can reach.</summary>
public sealed class LimitFixture : GatewayFixture
{
    protected override ServerOptions Options => new() { PushMaxBodySize = 1000, PushMaxUnpackedSize = 2000, PushMaxSeries = 20 };
}
