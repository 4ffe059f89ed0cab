using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Acceptance;

/// <summary>A server below a prefix, its page of metrics moved, admin and lifecycle allowed.</summary>
public sealed class PrefixFixture : GatewayFixture
{
    protected override ServerOptions Options => new()
    {
        ExternalUrl = "http://example.org/pgw/",
        TelemetryPath = "/scrape",
        EnableAdminApi = true,
        EnableLifecycle = true,
    };
}
