using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>The two servers, and a connection to each.</summary>
public sealed class Sides : IDisposable
{
    private static readonly Probe Wipe = new("wipe", new RawRequest("PUT", "/api/v1/admin/wipe") { Body = [] });
    private static readonly Probe Scrape = new("scrape", new RawRequest("GET", "/metrics"));

    private readonly RawClient _mine;
    private ServerProcess? _peer;
    private RawClient? _theirs;

    public Sides(ServerProcess ours) => _mine = new RawClient(ours.Port);

    /// <summary>Starts the older server, in place of the one before.</summary>
    public async Task StartPeerAsync()
    {
        _theirs?.Dispose();
        _peer?.Dispose();
        _peer = await ServerProcess.PushgatewayAsync("--web.enable-admin-api", "--log.level=error");
        _theirs = new RawClient(_peer.Port);
    }

    /// <summary>Sends a request to both at once.</summary>
    public async Task<(RawAnswer Theirs, RawAnswer Mine)> SendAsync(Probe probe)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var theirs = _theirs!.SendAsync(probe.Request, limit.Token);
        var mine = _mine.SendAsync(probe.Request, limit.Token);
        return (await theirs, await mine);
    }

    /// <summary>Empties both.</summary>
    public async Task WipeAsync()
    {
        await SendAsync(Wipe);
        await PagesAsync();
    }

    /// <summary>What both show, ready to be compared.</summary>
    public async Task<(string Theirs, string Mine)> PagesAsync()
    {
        // The older one deletes after it has answered, though before it takes the next push.
        for (var tries = 0; ; tries++)
        {
            var (theirs, mine) = await SendAsync(Scrape);
            var (left, right) = (Comparison.Of(Scrape, theirs), Comparison.Of(Scrape, mine));
            if (left == right || tries == 3)
            {
                return (left, right);
            }

            await Task.Delay(5);
        }
    }

    public void Dispose()
    {
        _theirs?.Dispose();
        _mine.Dispose();
        _peer?.Dispose();
    }
}
