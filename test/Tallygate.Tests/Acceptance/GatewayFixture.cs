using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Configuration;
using Tallygate.Testing;
using Tallygate.Tests.Server;

namespace Tallygate.Tests.Acceptance;

/// <summary>One server for all rows of a chapter, on a real socket, with a clock that the rows move.</summary>
public class GatewayFixture : IAsyncLifetime
{
    private TestServer? _server;

    /// <summary>The clock; each row begins ten seconds after the one before.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 13, 15, 36, 442, TimeSpan.Zero));

    public RawClient Client { get; private set; } = null!;

    internal TestServer Server => _server!;

    /// <summary>The flags of the chapter's server.</summary>
    protected virtual ServerOptions Options => new();

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(Options, Time);
        Client = new RawClient(new Uri(_server.Tallygate.Addresses[0]).Port);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await _server!.DisposeAsync();
    }
}
