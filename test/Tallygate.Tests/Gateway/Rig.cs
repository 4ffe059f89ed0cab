using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tests.Gateway;

/// <summary>A gateway on a log in memory, on a clock that stands still unless it is told.</summary>
internal sealed class Rig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private Rig(FailingLog log, GatewayOptions options, FakeTimeProvider time)
    {
        Log = log;
        Time = time;
        Options = options;
        Pushes = new InMemoryStorage(allowOutOfOrder: true);
        Gateway = new PushGateway(log, Pushes, Pushes, Pushes, options, time, NullLogger<PushGateway>.Instance);
        Page = new MetricsPage(() => Gateway.Groups);
    }

    public FailingLog Log { get; }

    public FakeTimeProvider Time { get; }

    public GatewayOptions Options { get; }

    public InMemoryStorage Pushes { get; }

    public PushGateway Gateway { get; }

    public MetricsPage Page { get; }

    public string Metrics => Page.AsText();

    public static Task<Rig> New(GatewayOptions? options = null) => On(new FailingLog(), options ?? new GatewayOptions(), new FakeTimeProvider(Start));

    /// <summary>The gateway after a restart: the log and the clock go on, all else is made anew.</summary>
    public async Task<Rig> Restart()
    {
        await Gateway.StopAsync();
        return await On(Log, Options, Time);
    }

    public Task<PushOutcome> Put(string group, params MetricFamily[] families) => Gateway.PushAsync(Pushed.Put(group, families));

    public Task<PushOutcome> Post(string group, params MetricFamily[] families) => Gateway.PushAsync(Pushed.Post(group, families));

    public Task<PushOutcome> Delete(string group) => Gateway.DeleteAsync(Pushed.Read(group));

    public void Tick(double seconds = 1) => Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The lines of the page that are no comments and are not about push times.</summary>
    public string[] Lines() =>
        [.. Metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#' && !l.StartsWith("push_", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync() => await Gateway.StopAsync();

    private static async Task<Rig> On(FailingLog log, GatewayOptions options, FakeTimeProvider time)
    {
        var rig = new Rig(log, options, time);
        await rig.Gateway.StartAsync();
        return rig;
    }
}
